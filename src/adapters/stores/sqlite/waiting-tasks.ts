import type { Session } from './session.ts';

/** Tasks put in line by one transaction: the lock and the event loop are held for a millisecond or two, not for all that is due. */
export const PROMOTED_AT_ONCE = 500;

const SELECT_DUE = 'SELECT 1 FROM task WHERE waiting = 1 AND run_at <= ? LIMIT 1';
const PROMOTE = `
  UPDATE task SET waiting = 0 WHERE seq IN (
    SELECT seq FROM task WHERE waiting = 1 AND run_at <= ? ORDER BY run_at, seq LIMIT ?)`;
const PROMOTE_NAMED = 'UPDATE task SET waiting = 0 WHERE id = ? AND waiting = 1 AND run_at <= ?';
const SELECT_NEXT_DUE = 'SELECT min(run_at) AS at FROM task WHERE waiting = 1 AND run_at > ?';

export function hasDueTasks(session: Session): boolean {
  return session.one(SELECT_DUE, session.clock.now()) !== undefined;
}

/**
 * Puts waiting tasks whose time has come in line, the longest due first; part of the running transaction. Those that are too many
 * for it are left to the next claim or sweep.
 */
export function promoteDueTasks(session: Session, namedId?: string): void {
  const now = session.clock.now();
  const count = session.run(PROMOTE, now, PROMOTED_AT_ONCE);
  if (count > 0) session.mark('work');
  // A claim that names its task must not have to come back until the others before it are in line.
  if (count === PROMOTED_AT_ONCE && namedId !== undefined) session.run(PROMOTE_NAMED, namedId, now);
}

/** When the next task after `afterMs` falls due, in Unix milliseconds. */
export function nextDueAt(session: Session, afterMs: number): number | undefined {
  return session.one<{ at: number | null }>(SELECT_NEXT_DUE, afterMs)?.at ?? undefined;
}
