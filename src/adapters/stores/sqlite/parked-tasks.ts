import { TASK_TYPES, WIRE_NAMES } from '../../../core/task.ts';
import type { Session } from './session.ts';

/** Of one user and type, after a sweep: enough for any sensible limit; what is too many is parked again. */
const SWEPT_AT_ONCE = 16;
/** Rows that one claim without a limit moves back. */
const FREED_AT_ONCE = 1_000;

const SELECT_ANY = "SELECT 1 FROM task WHERE waiting = 2 AND user_id >= '' LIMIT 1";
const PARK = 'UPDATE task SET waiting = 2 WHERE seq = ?';
const UNPARK_NEXT = `
  UPDATE task SET waiting = 0 WHERE seq IN (
    SELECT seq FROM task WHERE waiting = 2 AND user_id = ? AND type = ? ORDER BY priority DESC, turn, seq LIMIT ?)`;
/** A condition on the index's first column has SQLite walk the index: without one it reads the whole table. */
const UNPARK_ANY = `
  UPDATE task SET waiting = 0 WHERE seq IN (SELECT seq FROM task WHERE waiting = 2 AND user_id >= '' LIMIT ?)`;
const SELECT_PARKED_USERS = `
  WITH RECURSIVE parked (user_id) AS (
    SELECT min(user_id) FROM task WHERE waiting = 2
    UNION ALL
    SELECT (SELECT min(user_id) FROM task WHERE waiting = 2 AND user_id > parked.user_id)
    FROM parked WHERE parked.user_id IS NOT NULL)
  SELECT user_id FROM parked WHERE user_id IS NOT NULL`;

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
  for (const type of TASK_TYPES) session.run(UNPARK_NEXT, userId, WIRE_NAMES[type], 1);
  session.mark('work');
}

/** Puts tasks back in line for a claim that knows no limit per user. */
export function unparkForAll(session: Session): void {
  if (hasParkedTasks(session)) session.run(UNPARK_ANY, FREED_AT_ONCE);
}

/** Mends what an ending without a successor may have left behind, such as a limit that was raised. */
export function unparkSome(session: Session): void {
  for (const { user_id: userId } of session.all<{ user_id: string }>(SELECT_PARKED_USERS)) {
    for (const type of TASK_TYPES) session.run(UNPARK_NEXT, userId, WIRE_NAMES[type], SWEPT_AT_ONCE);
  }
  session.mark('work');
}
