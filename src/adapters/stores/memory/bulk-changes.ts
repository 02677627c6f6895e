import { pageBounds } from '../../../core/page-request.ts';
import type { Task } from '../../../core/task.ts';
import type { BulkChanges, TaskSelection } from '../../../ports/bulk-changes.ts';
import { cancelTask, retryTask } from './cancel-retry.ts';
import { matches } from './find-tasks.ts';
import { type MemoryState, type TaskRow, transact } from './state.ts';

/** Whether a task that fits the selection can be changed. */
type IsChangeable = (task: Task, selection: TaskSelection) => boolean;

export function memoryBulkChanges(state: MemoryState): BulkChanges {
  const changeEach =
    (isChangeable: IsChangeable, change: (state: MemoryState, row: TaskRow) => Task): BulkChanges['cancel'] =>
    (selection, options) =>
      transact(state, options, () => selected(state, selection, isChangeable).map((row) => change(state, row).id));
  return {
    cancel: changeEach(({ status }) => status === 'pending' || status === 'processing', cancelTask),
    retry: changeEach(isRetryable, retryTask),
  };
}

function isRetryable({ status, error }: Task, { errorCode }: TaskSelection): boolean {
  if (status === 'cancelled') return true;
  // What may have been paid for is bought again only when that was asked for.
  return status === 'failed' && (errorCode !== undefined || error?.code !== 'PROVIDER_OUTCOME_UNKNOWN');
}

/** Those that can be changed, oldest first. @throws INVALID_INPUT */
function selected(state: MemoryState, selection: TaskSelection, isChangeable: IsChangeable): readonly TaskRow[] {
  const { limit } = pageBounds({ limit: selection.limit });
  return [...state.tasks.values()]
    .filter(({ task }) => isChangeable(task, selection) && matches(task, selection))
    .toSorted((a, b) => a.order - b.order)
    .slice(0, limit);
}
