import type { Task } from '../../../core/task.ts';
import type { ClaimRequest } from '../../../ports/task-leases.ts';
import type { MemoryState, TaskRow } from './state.ts';

/** Tells which tasks may start, by what is processing at this moment. */
export function roomFor(state: MemoryState, { limits = {}, provider }: ClaimRequest): (task: Task) => boolean {
  const running = [...state.tasks.values()].filter(({ task }) => task.status === 'processing');
  const isBelow = (limit: number | undefined, counts: (row: TaskRow) => boolean): boolean =>
    limit === undefined || running.filter(counts).length < limit;
  const perProvider = provider === undefined ? undefined : limits.perProvider;
  const hasRoom = isBelow(limits.total, () => true) && isBelow(perProvider, (row) => row.provider === provider);
  return ({ type, userId }) =>
    hasRoom &&
    isBelow(limits.perType?.[type], ({ task }) => task.type === type) &&
    isBelow(limits.perUser, ({ task }) => task.userId === userId);
}
