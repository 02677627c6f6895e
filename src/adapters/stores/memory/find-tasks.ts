import { ConceptError } from '../../../core/errors.ts';
import type { Task } from '../../../core/task.ts';
import type { CallOptions, TaskQuery } from '../../../ports/task-store.ts';
import type { MemoryState, TaskRow } from './state.ts';

export type Visibility = CallOptions & { readonly userId?: string | undefined };

export function visibleRow(state: MemoryState, taskId: string, options: Visibility | undefined): TaskRow | undefined {
  const row = state.tasks.get(taskId);
  const isForeign = options?.userId !== undefined && row?.task.userId !== options.userId;
  return isForeign ? undefined : row;
}

/** @throws TASK_NOT_FOUND */
export function existingRow(state: MemoryState, taskId: string, options: Visibility | undefined): TaskRow {
  const row = visibleRow(state, taskId, options);
  if (row) return row;
  throw new ConceptError('TASK_NOT_FOUND', `there is no task ${taskId}`, { hint: 'list tasks with: concept list' });
}

/** Whether a task fits every field that is given. */
export function matches(task: Task, { userId, status, type, batchId, errorCode }: TaskQuery): boolean {
  return (
    (userId === undefined || task.userId === userId) &&
    (status === undefined || task.status === status) &&
    (type === undefined || task.type === type) &&
    (batchId === undefined || task.batchId === batchId) &&
    (errorCode === undefined || task.error?.code === errorCode)
  );
}
