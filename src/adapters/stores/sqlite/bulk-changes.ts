import { pageBounds } from '../../../core/page-request.ts';
import type { Task } from '../../../core/task.ts';
import type { BulkChanges, TaskSelection } from '../../../ports/bulk-changes.ts';
import type { CallOptions } from '../../../ports/task-store.ts';
import { cancelTask, retryTask } from './change-by-owner.ts';
import { conditionsOf } from './list-tasks.ts';
import type { Session } from './session.ts';
import { SELECT_TASK, type StoredTask, storedTaskOf, type TaskRow } from './task-row.ts';

/** What only a selection that names this code may start again: it may be paid for twice. */
const NOT_UNKNOWN = "NOT (task.status = 'failed' AND task.error ->> 'code' IS 'PROVIDER_OUTCOME_UNKNOWN')";

export function sqliteBulkChanges(session: Session): BulkChanges {
  const changeAll =
    (conditionOf: (selection: TaskSelection) => string, change: (session: Session, stored: StoredTask) => Task) =>
    (selection: TaskSelection, options?: CallOptions): Promise<readonly string[]> =>
      session.write(options, () =>
        select(session, selection, conditionOf(selection)).map((row) => change(session, storedTaskOf(row)).id),
      );
  return {
    cancel: changeAll(() => "task.status IN ('pending', 'processing')", cancelTask),
    retry: changeAll(retryable, retryTask),
  };
}

function retryable({ errorCode }: TaskSelection): string {
  const ended = "task.status IN ('failed', 'cancelled')";
  return errorCode === undefined ? `${ended} AND ${NOT_UNKNOWN}` : ended;
}

function select(session: Session, { limit, ...filter }: TaskSelection, condition: string): readonly TaskRow[] {
  pageBounds({ limit });
  const [conditions, parameters] = conditionsOf(filter);
  const sql = `${SELECT_TASK} WHERE ${[...conditions, condition].join(' AND ')} ORDER BY task.seq LIMIT ?`;
  return session.all<TaskRow>(sql, ...parameters, limit);
}
