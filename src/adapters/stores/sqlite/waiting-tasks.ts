import type { Session } from './session.ts';

const SELECT_DUE = 'SELECT 1 FROM task WHERE waiting = 1 AND run_at <= ? LIMIT 1';
const PROMOTE = 'UPDATE task SET waiting = 0 WHERE waiting = 1 AND run_at <= ?';
const SELECT_NEXT_DUE = 'SELECT min(run_at) AS at FROM task WHERE waiting = 1 AND run_at > ?';

export function hasDueTasks(session: Session): boolean {
  return session.one(SELECT_DUE, session.clock.now()) !== undefined;
}

/** Puts waiting tasks whose time has come in line; part of the running transaction. */
export function promoteDueTasks(session: Session): void {
  if (session.run(PROMOTE, session.clock.now()) > 0) session.mark('work');
}

/** When the next task after `afterMs` falls due, in Unix milliseconds. */
export function nextDueAt(session: Session, afterMs: number): number | undefined {
  return session.one<{ at: number | null }>(SELECT_NEXT_DUE, afterMs)?.at ?? undefined;
}
