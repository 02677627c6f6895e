import { ConceptError } from '../../../core/errors.ts';
import type { Task } from '../../../core/task.ts';
import type { CallOptions, CountQuery, TaskCounts, TaskQuery, TaskStore } from '../../../ports/task-store.ts';
import { changeTask } from './change-task.ts';
import { holdCredits, refundCredits } from './credit-ledger.ts';
import { pageOf } from './page.ts';
import { jsonCopy, type MemoryState, type TaskRow, transact } from './state.ts';
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

    cancel: (taskId, options) =>
      transact(state, options, () => {
        const row = existingRow(state, taskId, options);
        const task = changeTask(state, row, { kind: 'cancel' }, { type: 'cancelled', data: {} });
        refundCredits(state, task);
        return task;
      }),

    retry: (taskId, options) =>
      transact(state, options, () => {
        const row = existingRow(state, taskId, options);
        const task = changeTask(state, row, { kind: 'retry' }, { type: 'retried', data: {} });
        holdCredits(state, task);
        return task;
      }),

    counts: (query, options) => transact(state, options, () => countTasks(state, query)),
  };
}

type Visibility = CallOptions & { readonly userId?: string | undefined };

function visibleRow(state: MemoryState, taskId: string, options: Visibility | undefined): TaskRow | undefined {
  const row = state.tasks.get(taskId);
  const isForeign = options?.userId !== undefined && row?.task.userId !== options.userId;
  return isForeign ? undefined : row;
}

function existingRow(state: MemoryState, taskId: string, options: Visibility | undefined): TaskRow {
  const row = visibleRow(state, taskId, options);
  if (row) return row;
  throw new ConceptError('TASK_NOT_FOUND', `there is no task ${taskId}`, { hint: 'list tasks with: concept list' });
}

function matches(task: Task, { userId, status, type, batchId }: TaskQuery): boolean {
  return (
    (userId === undefined || task.userId === userId) &&
    (status === undefined || task.status === status) &&
    (type === undefined || task.type === type) &&
    (batchId === undefined || task.batchId === batchId)
  );
}

function countTasks(state: MemoryState, { types, batchId }: CountQuery): TaskCounts {
  const counts = { pending: 0, due: 0, retrying: 0, processing: 0, completed: 0, failed: 0, cancelled: 0 };
  for (const { task } of state.tasks.values()) {
    if (!matches(task, { batchId }) || (types && !types.includes(task.type))) continue;
    counts[task.status] += 1;
    if (task.status !== 'pending') continue;
    if (Date.parse(task.runAt) <= state.clock.now()) counts.due += 1;
    else if (task.error) counts.retrying += 1;
  }
  return counts;
}
