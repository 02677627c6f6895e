import { pageBounds } from '../../../core/page-request.ts';
import type { Task, TaskStatus } from '../../../core/task.ts';
import type { BulkChanges, TaskSelection } from '../../../ports/bulk-changes.ts';
import { cancelTask, retryTask } from './cancel-retry.ts';
import { matches } from './find-tasks.ts';
import { type MemoryState, type TaskRow, transact } from './state.ts';

export function memoryBulkChanges(state: MemoryState): BulkChanges {
  const changeEach =
    (from: readonly TaskStatus[], change: (state: MemoryState, row: TaskRow) => Task): BulkChanges['cancel'] =>
    (selection, options) =>
      transact(state, options, () => selected(state, selection, from).map((row) => change(state, row).id));
  return {
    cancel: changeEach(['pending', 'processing'], cancelTask),
    retry: changeEach(['failed', 'cancelled'], retryTask),
  };
}

/** Those in one of the states, oldest first. @throws INVALID_INPUT */
function selected(state: MemoryState, selection: TaskSelection, from: readonly TaskStatus[]): readonly TaskRow[] {
  const { limit } = pageBounds({ limit: selection.limit });
  return [...state.tasks.values()]
    .filter(({ task }) => from.includes(task.status) && matches(task, selection))
    .toSorted((a, b) => a.order - b.order)
    .slice(0, limit);
}
