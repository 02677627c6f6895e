import { expect } from 'vitest';
import { TASK_STATUSES } from '../../../../src/core/task.ts';
import type { Store } from '../../../../src/ports/store.ts';
import type { TaskCounts } from '../../../../src/ports/task-store.ts';
import { balanceOf, isAlive, isInTwilight, type Model, type ModelTask, type Now } from './model.ts';
import { USERS } from './operations.ts';

/** Compares all that a store tells with the reference. */
export async function compareState(
  model: Model,
  store: Store,
  { batchIds, now }: { readonly batchIds: readonly string[]; readonly now: Now },
): Promise<void> {
  const { tasks } = await store.tasks.list({ limit: 1_000 });
  const told = tasks.map(({ id, status, attempt, error, leaseToken, leaseOwner, runAt, completedAt, resultId }) => ({
    id,
    status,
    attempt,
    hasError: error !== null,
    leaseToken,
    leaseOwner,
    runAt,
    isFinished: completedAt !== null,
    hasResult: resultId !== null,
  }));
  expect(told).toEqual([...model.tasks.values()].toReversed().map(viewOf));
  const all = [...model.tasks.values()];
  compareCounts(await store.tasks.counts({}), all, now);
  for (const batchId of batchIds) {
    const batch = await store.batches.get(batchId);
    const members = all.filter((task) => task.batchId === batchId);
    expect(batch!.total).toBe(members.length);
    compareCounts(batch!.counts, members, now);
  }
  const live = (await store.workers.live()).map(({ id }) => id);
  const alive = model.workers.filter(({ id }) => isAlive(model, id, now)).map(({ id }) => id);
  expect(live.toSorted()).toEqual(alive.toSorted());
  for (const userId of USERS) expect(await store.credits.balance(userId)).toEqual(balanceOf(model, userId));
}

/** Without gaps, in the order in which things happened. */
export async function compareEvents(tasks: Iterable<ModelTask>, store: Store): Promise<void> {
  for (const { id, events } of tasks) {
    const told = await store.events.list({ taskId: id });
    expect(told.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(told.map(({ type, attempt }) => [type, attempt])).toEqual(events);
  }
}

function viewOf({ id, status, attempt, hasError, lease, runAtMs }: ModelTask) {
  return {
    id,
    status,
    attempt,
    hasError,
    leaseToken: lease?.token ?? null,
    leaseOwner: lease?.workerId ?? null,
    runAt: new Date(runAtMs).toISOString(),
    isFinished: ['completed', 'failed', 'cancelled'].includes(status),
    hasResult: status === 'completed',
  };
}

function compareCounts(counts: TaskCounts, tasks: readonly ModelTask[], now: Now): void {
  const { due, retrying, ...byStatus } = counts;
  const recounted = TASK_STATUSES.map((status) => [status, tasks.filter((task) => task.status === status).length]);
  expect(byStatus).toEqual(Object.fromEntries(recounted));
  if (tasks.some((task) => isInTwilight(task, now))) return;
  const ahead = tasks.filter((task) => task.status === 'pending' && task.waiting && task.runAtMs > now.wallMs);
  expect({ due, retrying }).toEqual({
    due: byStatus.pending - ahead.length,
    retrying: ahead.filter(({ hasError }) => hasError).length,
  });
}
