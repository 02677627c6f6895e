import { BOUND_LIMIT } from './bound-limit.ts';
import { takeTurn } from './fair-turns.ts';
import type { Session } from './session.ts';

/** Tasks put in line by one transaction: the lock and the event loop are held for a millisecond or two, not for all that is due. */
export const PROMOTED_AT_ONCE = 500;

const SELECT_DUE = 'SELECT 1 FROM task WHERE waiting = 1 AND run_at <= ? LIMIT 1';
const DUE_COLUMNS = 'seq, priority, user_id AS userId, attempt = 0 AND error IS NULL AS isNew';
const SELECT_DUE_ROWS = `
  SELECT ${DUE_COLUMNS} FROM task WHERE waiting = 1 AND run_at <= ? ORDER BY run_at, seq ${BOUND_LIMIT}`;
const SELECT_DUE_NAMED = `SELECT ${DUE_COLUMNS} FROM task WHERE waiting = 1 AND run_at <= ? AND id = ?`;
/** What was published before its time was published in vain. */
const PROMOTE = `
  UPDATE task SET waiting = 0, published_at = NULL, turn = coalesce(due.turn, task.turn)
  FROM (SELECT value ->> 0 AS seq, value ->> 1 AS turn FROM json_each(?)) AS due WHERE task.seq = due.seq`;
const SELECT_NEXT_DUE = 'SELECT min(run_at) AS at FROM task WHERE waiting = 1 AND run_at > ?';

interface DueRow {
  readonly seq: number;
  readonly priority: number;
  readonly userId: string;
  /** Never ran, and so never had a turn. */
  readonly isNew: number;
}

export function hasDueTasks(session: Session): boolean {
  return session.one(SELECT_DUE, session.clock.now()) !== undefined;
}

/**
 * Puts waiting tasks whose time has come in line, the longest due first; part of the running transaction. Those that are too many
 * for it are left to the next claim or sweep.
 */
export function promoteDueTasks(session: Session, namedId?: string): void {
  const now = session.clock.now();
  const rows = session.all<DueRow>(SELECT_DUE_ROWS, now, PROMOTED_AT_ONCE);
  promote(session, rows);
  // A claim that names its task must not have to come back until the others before it are in line.
  if (rows.length === PROMOTED_AT_ONCE && namedId !== undefined) {
    promote(session, session.all<DueRow>(SELECT_DUE_NAMED, now, namedId));
  }
}

/** Retries keep their turn. New tasks take one now: those of a submitter long ago would come before everybody's. */
function promote(session: Session, rows: readonly DueRow[]): void {
  if (rows.length === 0) return;
  const due = rows.map((row) => [row.seq, row.isNew ? takeTurn(session, row, row.userId) : null]);
  session.run(PROMOTE, JSON.stringify(due));
  session.mark('work');
}

/** When the next task after `afterMs` falls due, in Unix milliseconds. */
export function nextDueAt(session: Session, afterMs: number): number | undefined {
  return session.one<{ at: number | null }>(SELECT_NEXT_DUE, afterMs)?.at ?? undefined;
}
