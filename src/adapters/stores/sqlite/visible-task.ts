import { ConceptError } from '../../../core/errors.ts';
import type { CallOptions } from '../../../ports/task-store.ts';
import type { Session } from './session.ts';
import { SELECT_TASK, type StoredTask, storedTaskOf, type TaskRow } from './task-row.ts';

const SELECT_BY_ID = `${SELECT_TASK} WHERE task.id = ?`;

export type Visibility = CallOptions & { readonly userId?: string | undefined };

/** The task, when it is there and the caller may see it. */
export function visibleTask(session: Session, taskId: string, options: Visibility | undefined): StoredTask | undefined {
  const row = session.one<TaskRow>(SELECT_BY_ID, taskId);
  const isForeign = options?.userId !== undefined && row?.user_id !== options.userId;
  return row && !isForeign ? storedTaskOf(row) : undefined;
}

/** @throws ConceptError TASK_NOT_FOUND */
export function existingTask(session: Session, taskId: string, options: Visibility | undefined): StoredTask {
  const stored = visibleTask(session, taskId, options);
  if (stored) return stored;
  throw new ConceptError('TASK_NOT_FOUND', `there is no task ${taskId}`, { hint: 'list tasks with: concept list' });
}
