import { TASK_STATUSES, WIRE_NAMES } from '../../../core/task.ts';
import { cutPage, pageBounds } from '../../../core/page-request.ts';
import type { TaskPage, TaskQuery } from '../../../ports/task-store.ts';
import { BOUND_LIMIT } from './bound-limit.ts';
import type { SqlValue } from './driver.ts';
import type { Session } from './session.ts';
import { readableTaskOf, SELECT_TASK, type TaskRow } from './task-row.ts';

type TaskFilter = Pick<TaskQuery, 'userId' | 'status' | 'type' | 'batchId' | 'errorCode'>;

/** @throws ConceptError INVALID_INPUT for a bad limit or cursor. */
export function listTasks(session: Session, query: TaskQuery): TaskPage {
  const bounds = pageBounds(query);
  const [conditions, parameters] = conditionsOf(query);
  const sql = `${SELECT_TASK} WHERE ${[...conditions, 'task.seq < ?'].join(' AND ')} ORDER BY task.seq DESC ${BOUND_LIMIT}`;
  const found = session.all<TaskRow>(sql, ...parameters, bounds.before, bounds.limit + 1);
  const { rows, nextCursor } = cutPage(found, bounds);
  return { tasks: rows.map(readableTaskOf), nextCursor };
}

/** What tasks can be chosen by, as conditions on `task` and their parameters. */
export function conditionsOf(filter: TaskFilter): [string[], SqlValue[]] {
  const { userId, status, type, batchId, errorCode } = filter;
  const conditions: string[] = [];
  const parameters: SqlValue[] = [];
  const add = (condition: string, parameter: SqlValue): void => {
    conditions.push(condition);
    parameters.push(parameter);
  };
  if (userId !== undefined) add('task.user_id = ?', userId);
  if (batchId !== undefined) add('task.batch_id = ?', batchId);
  if (type !== undefined) add('task.type = ?', WIRE_NAMES[type]);
  if (errorCode !== undefined) add("task.error ->> 'code' = ?", errorCode);
  // Written out, from a closed list: a partial index is used only where its condition stands in the query.
  if (status !== undefined) conditions.push(TASK_STATUSES.includes(status) ? `task.status = '${status}'` : 'FALSE');
  return [conditions, parameters];
}
