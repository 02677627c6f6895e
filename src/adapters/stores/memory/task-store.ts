import type { CountQuery, TaskCounts, TaskStore } from '../../../ports/task-store.ts';
import { cancelTask, retryTask } from './cancel-retry.ts';
import { isDue } from './due.ts';
import { existingRow, matches, visibleRow } from './find-tasks.ts';
import { pageOf } from './page.ts';
import { jsonCopy, type MemoryState, transact } from './state.ts';
import { submitTask } from './submit.ts';

export function memoryTaskStore(state: MemoryState): TaskStore {
  return {
    submit: (task, options) => transact(state, options, () => submitTask(state, task)),
    submitMany: (tasks, options) => transact(state, options, () => tasks.map((task) => submitTask(state, task))),

    get: (taskId, options) =>
      transact(state, options, () => {
        const row = visibleRow(state, taskId, options);
        return row && jsonCopy(row.task);
      }),

    list: (query, options) =>
      transact(state, options, () => {
        const matching = [...state.tasks.values()].filter(({ task }) => matches(task, query));
        const { rows, nextCursor } = pageOf(matching, query);
        return { tasks: rows.map(({ task }) => jsonCopy(task)), nextCursor };
      }),

    cancel: (taskId, options) => transact(state, options, () => cancelTask(state, existingRow(state, taskId, options))),

    retry: (taskId, options) => transact(state, options, () => retryTask(state, existingRow(state, taskId, options))),

    counts: (query, options) => transact(state, options, () => countTasks(state, query)),
  };
}

/** Within the running transaction. */
export function countTasks(state: MemoryState, { types, batchId }: CountQuery): TaskCounts {
  const counts = { pending: 0, due: 0, retrying: 0, processing: 0, completed: 0, failed: 0, cancelled: 0 };
  for (const { task } of state.tasks.values()) {
    if (!matches(task, { batchId }) || (types && !types.includes(task.type))) continue;
    counts[task.status] += 1;
    if (task.status !== 'pending') continue;
    if (isDue(state, task)) counts.due += 1;
    else if (task.error) counts.retrying += 1;
  }
  return counts;
}
