import type { Connection } from './connection.ts';
import type { Session } from './session.ts';

/** No user has an empty id: the row of the empty one is the clock, the highest turn that was claimed. */
const CLOCK = '';

/** Of a task that waits for its time: it takes its turn when it comes in line. */
export const NO_TURN = 0;

const SELECT_TURN = 'SELECT turn FROM fair_turn WHERE priority = ? AND user_id = ?';
/** Turns only grow: what another process wrote meanwhile stays when it is ahead. */
const RAISE_TURN = `
  INSERT INTO fair_turn (priority, user_id, turn) VALUES (?, ?, ?)
  ON CONFLICT DO UPDATE SET turn = excluded.turn WHERE excluded.turn > turn`;

/** Tasks of all types share a lane: a user with two types in line is one user. */
interface Lane {
  readonly priority: number;
}

/**
 * The place in line of a user's next task: after the user's last one, and not before what is being claimed now. Users with tasks
 * in line are served in turn then, however many tasks each has (self-clocked fair queueing, S. J. Golestani, INFOCOM 1994).
 */
export function takeTurn(session: Session, lane: Lane, userId: string): number {
  const turn = Math.max(turnOf(session, lane, userId), turnOf(session, lane, CLOCK)) + 1;
  session.effects.turns.set(turnKey(lane, userId), turn);
  return turn;
}

/** Turns for many new tasks of one write. */
export interface TurnGiver {
  /** Like {@link takeTurn}. */
  take(priority: number, userId: string): number;
  /** Remembers what was given out, for whoever takes a turn next. */
  keep(): void;
}

interface UserLine extends Lane {
  readonly userId: string;
  /** The last one that was given out. */
  turn: number;
}

/** Looks up where a user's line ends once, not for every task. Nobody else may take or pass turns until `keep`. */
export function createTurnGiver(session: Session): TurnGiver {
  const lanes = new Map<number, Map<string, UserLine>>();
  let last: UserLine | undefined;
  const lineOf = (priority: number, userId: string): UserLine => {
    let lane = lanes.get(priority);
    if (!lane) lanes.set(priority, (lane = new Map()));
    let line = lane.get(userId);
    if (!line) {
      const turn = Math.max(turnOf(session, { priority }, userId), turnOf(session, { priority }, CLOCK));
      lane.set(userId, (line = { priority, userId, turn }));
    }
    return line;
  };
  return {
    take: (priority, userId) => {
      if (last?.userId !== userId || last.priority !== priority) last = lineOf(priority, userId);
      last.turn += 1;
      return last.turn;
    },
    keep: () => {
      for (const lane of lanes.values()) {
        for (const line of lane.values()) session.effects.turns.set(turnKey(line, line.userId), line.turn);
      }
    },
  };
}

/** Moves the clocks to the turns of tasks that are being claimed. */
export function passTurns(session: Session, rows: readonly (Lane & { readonly turn: number })[]): void {
  const { turns } = session.effects;
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index]!;
    const next = rows[index + 1];
    // Turns grow along a lane: its last one says it all.
    if (next && next.priority === row.priority && next.turn >= row.turn) continue;
    // What came back is far behind the clock, which other writes of the transaction go by.
    if (row.turn > turnOf(session, row, CLOCK)) turns.set(turnKey(row, CLOCK), row.turn);
  }
}

/** Writes the turns that a transaction gave out or passed. */
export function flushTurns(connection: Connection, turns: ReadonlyMap<string, number>): void {
  for (const [key, turn] of turns) {
    const [priority, userId] = key.split(' ');
    connection.run(RAISE_TURN, Number(priority), userId!, turn);
  }
}

function turnOf(session: Session, lane: Lane, userId: string): number {
  const key = turnKey(lane, userId);
  const known = session.effects.turns.get(key);
  if (known !== undefined) return known;
  return session.once(`turn ${key}`, () => {
    return session.one<{ turn: number }>(SELECT_TURN, lane.priority, userId)?.turn ?? 0;
  });
}

/** User ids hold no spaces. */
function turnKey({ priority }: Lane, userId: string): string {
  return `${priority} ${userId}`;
}
