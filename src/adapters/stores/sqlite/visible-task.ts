import { ConceptError } from '../../../core/errors.ts';
import type { Task } from '../../../core/task.ts';
import type { CallOptions } from '../../../ports/task-store.ts';
import type { Session } from './session.ts';
import { SELECT_TASK, type StoredTask, storedTaskOf, type TaskRow, readableTaskOf } from './task-row.ts';

const SELECT_BY_ID = `${SELECT_TASK} WHERE task.id = ?`;

export type Visibility = CallOptions & { readonly userId?: string | undefined };

/** The task, when it is there and the caller may see it. */
export function visibleTask(session: Session, taskId: string, options: Visibility | undefined): Task | undefined {
  const row = visibleRow(session, taskId, options);
  return row && readableTaskOf(row);
}

/** The task to change. @throws ConceptError TASK_NOT_FOUND */
export function existingTask(session: Session, taskId: string, options: Visibility | undefined): StoredTask {
  const row = visibleRow(session, taskId, options);
  if (row) return storedTaskOf(row);
  throw new ConceptError('TASK_NOT_FOUND', `there is no task ${taskId}`, { hint: 'list tasks with: concept list' });
}

function visibleRow(session: Session, taskId: string, options: Visibility | undefined): TaskRow | undefined {
  const row = session.one<TaskRow>(SELECT_BY_ID, taskId);
  return options?.userId !== undefined && row?.user_id !== options.userId ? undefined : row;
}
