import { invalidInput } from '../../../core/errors.ts';
import type { Batch, BatchStore, BatchSummary } from '../../../ports/batch-store.ts';
import { type MemoryState, timestamp, transact, write } from './state.ts';
import { countTasks } from './task-store.ts';

export function memoryBatchStore(state: MemoryState): BatchStore {
  return {
    open: ({ id, userId, name }, options) =>
      transact(state, options, () => {
        const existing = [...state.batches.values()].find((batch) => batch.userId === userId && batch.name === name);
        if (existing) return existing;
        if (state.batches.has(id)) throw invalidInput('id', `there is a batch ${id} already`, 'use a fresh id');
        const batch = { id, userId, name, createdAt: timestamp(state) };
        write(state, state.batches, id, batch);
        return batch;
      }),

    get: (idOrName, options) =>
      transact(state, options, () => {
        const visible = [...state.batches.values()].filter(
          ({ userId }) => options?.userId === undefined || userId === options.userId,
        );
        const found = visible.find(({ id }) => id === idOrName) ?? visible.findLast(({ name }) => name === idOrName);
        return found && summaryOf(state, found);
      }),
  };
}

function summaryOf(state: MemoryState, batch: Batch): BatchSummary {
  const counts = countTasks(state, { batchId: batch.id });
  const { pending, processing, completed, failed, cancelled } = counts;
  return { ...batch, total: pending + processing + completed + failed + cancelled, counts };
}
