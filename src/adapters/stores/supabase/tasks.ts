import { cutPage, pageBounds } from '../../../core/page-request.ts';
import { type NewTask, WIRE_NAMES } from '../../../core/task.ts';
import type { CreditCosts } from '../../../ports/store.ts';
import type { SubmitOutcome, TaskCounts, TaskQuery, TaskStore } from '../../../ports/task-store.ts';
import type { BulkChanges, TaskSelection } from '../../../ports/bulk-changes.ts';
import type { Routine } from './routines.ts';
import type { Rpc } from './rpc.ts';
import { taskOf, type TaskJson, wireCosts, wireTypes } from './task-json.ts';

interface OutcomesAnswer {
  readonly outcomes: readonly { readonly task: TaskJson; readonly created: boolean }[];
}

export function supabaseTasks(rpc: Rpc, creditCosts: CreditCosts | undefined): TaskStore {
  const costs = wireCosts(creditCosts);
  const submit = async (tasks: readonly NewTask[], options?: Parameters<TaskStore['submitMany']>[1]) => {
    const request = { tasks: tasks.map((task) => ({ ...task, type: WIRE_NAMES[task.type] })), costs };
    const { outcomes } = await rpc.write<OutcomesAnswer>('submit', request, options);
    return outcomes.map(({ task, created }): SubmitOutcome => ({ task: taskOf(task), created }));
  };

  return {
    submit: async (task, options) => (await submit([task], options))[0]!,
    submitMany: (tasks, options) => (tasks.length === 0 ? Promise.resolve([]) : submit(tasks, options)),
    get: async (id, options) => {
      const { task } = await rpc.read<{ task: TaskJson | null }>('get_task', { id, userId: options?.userId }, options);
      return task ? taskOf(task) : undefined;
    },
    list: async (query, options) => {
      const bounds = pageBounds(query);
      const request = { ...conditionsOf(query), before: bounds.before, limit: bounds.limit + 1 };
      const { rows } = await rpc.read<{ rows: readonly { seq: number; task: TaskJson }[] }>(
        'list_tasks',
        request,
        options,
      );
      const page = cutPage(rows, bounds);
      return { tasks: page.rows.map(({ task }) => taskOf(task)), nextCursor: page.nextCursor };
    },
    cancel: async (id, options) => {
      const { task } = await rpc.write<{ task: TaskJson }>('cancel_task', { id, userId: options?.userId }, options);
      return taskOf(task);
    },
    retry: async (id, options) => {
      const { task } = await rpc.write<{ task: TaskJson }>(
        'retry_task',
        { id, userId: options?.userId, costs },
        options,
      );
      return taskOf(task);
    },
    counts: ({ types, batchId }, options) =>
      rpc.read<TaskCounts>('count_tasks', { types: types && wireTypes(types), batchId }, options),
  };
}

export function supabaseBulkChanges(rpc: Rpc, creditCosts: CreditCosts | undefined): BulkChanges {
  const costs = wireCosts(creditCosts);
  const change =
    (name: Routine): BulkChanges['cancel'] =>
    async (selection, options) => {
      const { limit } = pageBounds({ limit: selection.limit });
      const request = { ...conditionsOf(selection), limit, costs };
      return (await rpc.write<{ ids: readonly string[] }>(name, request, options)).ids;
    };
  return { cancel: change('cancel_tasks'), retry: change('retry_tasks') };
}

/** Undefined ones are left out on the wire, and so name no condition. */
function conditionsOf({
  userId,
  status,
  type,
  batchId,
  errorCode,
}: Omit<TaskSelection & TaskQuery, 'limit' | 'cursor'>) {
  return { userId, status, type: type && WIRE_NAMES[type], batchId, errorCode };
}
