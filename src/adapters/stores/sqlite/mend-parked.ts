import type { CallOptions } from '../../../ports/task-store.ts';
import type { Session } from './session.ts';

/** Users and types looked at by one sweep: what it costs does not grow with how many users are at their limit. */
export const LOOKED_AT_ONCE = 50;

/** Two statements: compared as a pair, SQLite would walk over every parked task of the user and type it begins at. */
const SELECT_NEXT_TYPE = `
  SELECT user_id AS userId, type, seq FROM task WHERE waiting = 2 AND user_id = ? AND type > ?
  ORDER BY type, priority DESC, turn, seq LIMIT 1`;
const SELECT_NEXT_USER = `
  SELECT user_id AS userId, type, seq FROM task WHERE waiting = 2 AND user_id > ?
  ORDER BY user_id, type, priority DESC, turn, seq LIMIT 1`;
const SELECT_IN_LINE = "SELECT 1 FROM task WHERE seq = ? AND status = 'pending' AND waiting = 0";
const UNPARK = 'UPDATE task SET waiting = 0 WHERE seq IN (SELECT value FROM json_each(?)) AND waiting = 2';

interface Place {
  readonly userId: string;
  /** Wire name. */
  readonly type: string;
}

interface ParkedRow extends Place {
  readonly seq: number;
}

const START: Place = { userId: '', type: '' };

/** Mends what an ending without a successor may have left behind, such as a limit that was raised. */
export interface ParkedMender {
  /**
   * Puts the first parked task of some users and types back in line, the next ones at the next call; none where the one before
   * is still in line. Looks before it takes the write lock.
   */
  mend(session: Session, options: CallOptions | undefined): Promise<void>;
}

/** How far a session's sweeps have come in their round of all users and types. */
interface Progress {
  /** Where the next look begins. */
  after: Place;
  /** What the last round put back or found in line, by user and type. */
  before: ReadonlyMap<string, number>;
  /** Like {@link before}, of this round. */
  now: Map<string, number>;
}

export function createParkedMender(): ParkedMender {
  const known = new WeakMap<Session, Progress>();
  return {
    mend: async (session, options) => {
      const progress = known.get(session) ?? { after: START, before: new Map(), now: new Map() };
      known.set(session, progress);
      const seqs = await session.read(options, () => look(session, progress));
      if (seqs.length === 0) return;
      // What a power cut parks again is found again.
      await session.stepHint(options, () => {
        if (session.run(UNPARK, JSON.stringify(seqs)) > 0) session.mark('work');
      });
    },
  };
}

/** @returns the rows to put back. */
function look(session: Session, progress: Progress): readonly number[] {
  const found: number[] = [];
  for (let count = 0; count < LOOKED_AT_ONCE; count++) {
    const row = nextAfter(session, progress.after);
    if (!row) {
      Object.assign(progress, { after: START, before: progress.now, now: new Map() });
      return found;
    }
    const key = `${row.userId} ${row.type}`;
    const inLine = progress.before.get(key);
    // Whoever has room will find that one; a second would only have to be parked again.
    const isWaiting = inLine !== undefined && session.one(SELECT_IN_LINE, inLine) !== undefined;
    progress.now.set(key, isWaiting ? inLine : row.seq);
    progress.after = row;
    if (!isWaiting) found.push(row.seq);
  }
  return found;
}

/** The first parked task of the next user and type. */
function nextAfter(session: Session, { userId, type }: Place): ParkedRow | undefined {
  return session.one<ParkedRow>(SELECT_NEXT_TYPE, userId, type) ?? session.one<ParkedRow>(SELECT_NEXT_USER, userId);
}
