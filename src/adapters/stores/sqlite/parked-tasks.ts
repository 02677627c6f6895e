import { TASK_TYPES, WIRE_NAMES } from '../../../core/task.ts';
import type { Session } from './session.ts';

/** Rows that one claim without a limit moves back. */
const FREED_AT_ONCE = 1_000;

const SELECT_ANY = "SELECT 1 FROM task WHERE waiting = 2 AND user_id >= '' LIMIT 1";
const PARK = 'UPDATE task SET waiting = 2 WHERE seq = ?';
const UNPARK_NEXT = `
  UPDATE task SET waiting = 0 WHERE seq IN (
    SELECT seq FROM task WHERE waiting = 2 AND user_id = ? AND type = ? ORDER BY priority DESC, turn, seq LIMIT 1)`;
/** A condition on the index's first column has SQLite walk the index: without one it reads the whole table. */
const UNPARK_ANY = `
  UPDATE task SET waiting = 0 WHERE seq IN (SELECT seq FROM task WHERE waiting = 2 AND user_id >= '' LIMIT ?)`;
/** Whether any task is set aside because its user was at the limit. */
export function hasParked(session: Session): boolean {
  return session.one(SELECT_ANY) !== undefined;
}

/** Like {@link hasParked}, looked up once for the running write. */
export function hasParkedTasks(session: Session): boolean {
  return session.once('parked', () => hasParked(session));
}

/** Takes a task of a user at the limit out of the line, so that nobody has to step over it again. */
export function park(session: Session, seq: number): void {
  session.run(PARK, seq);
  session.effects.remembered.set('parked', true);
}

/** A task of this user has ended: the next of each type may be tried. */
export function unparkOne(session: Session, userId: string): void {
  if (!hasParkedTasks(session)) return;
  for (const type of TASK_TYPES) session.run(UNPARK_NEXT, userId, WIRE_NAMES[type]);
  session.mark('work');
}

/** Puts tasks back in line for a claim that knows no limit per user. */
export function unparkForAll(session: Session): void {
  if (hasParkedTasks(session)) session.run(UNPARK_ANY, FREED_AT_ONCE);
}
