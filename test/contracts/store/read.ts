import { describe, expect } from 'vitest';
import type { Task } from '../../../src/core/task.ts';
import type { Store } from '../../../src/ports/store.ts';
import type { TaskQuery } from '../../../src/ports/task-store.ts';
import { newTask, providerFailure } from '../fixtures.ts';
import { isoAt, type MakeStore, type Scene, storeTest } from './harness.ts';
import { finishFailed } from './steps.ts';

export function testRead(make: MakeStore): void {
  const test = storeTest(make);

  describe('get', () => {
    test('finds nothing for an unknown id', async ({ store }) => {
      expect(await store.tasks.get('123e4567-e89b-12d3-a456-426614174000')).toBeUndefined();
    });

    test("hides another user's task", async ({ store, submit }) => {
      const { id } = await submit({ userId: 'u1' });
      expect(await store.tasks.get(id, { userId: 'u2' })).toBeUndefined();
      expect(await store.tasks.get(id, { userId: 'u1' })).toMatchObject({ id });
    });
  });

  describe('list', () => {
    test('gives the newest first', async ({ store, submit, clock }) => {
      const ids = [];
      for (let index = 0; index < 3; index += 1) {
        ids.push((await submit()).id);
        clock.advance(10);
      }
      const { tasks, nextCursor } = await store.tasks.list({});
      expect(tasks.map(({ id }) => id)).toEqual(ids.toReversed());
      expect(nextCursor).toBeNull();
    });

    test('pages through tasks of one millisecond without repeating or skipping', async ({ store, clock }) => {
      const outcomes = await store.tasks.submitMany(Array.from({ length: 7 }, () => newTask(clock)));
      const listed = await allPages(store, { limit: 3 });
      expect(listed.map(({ id }) => id).toSorted()).toEqual(outcomes.map(({ task }) => task.id).toSorted());
    });

    test('keeps its pages stable while tasks are added and change', async ({ store, submit, clock }) => {
      const ids = [];
      for (let index = 0; index < 5; index += 1) ids.unshift((await submit()).id);
      const first = await store.tasks.list({ limit: 2 });
      clock.advance(1_000);
      await submit();
      await store.tasks.cancel(ids[3]!);
      const rest = await allPages(store, { limit: 2, cursor: first.nextCursor! });
      const seen = [...first.tasks, ...rest].map(({ id }) => id);
      expect(seen.toSorted()).toEqual(ids.toSorted());
    });

    test('gives no cursor when the last page is full', async ({ store, submit }) => {
      await submit();
      await submit();
      expect((await store.tasks.list({ limit: 2 })).nextCursor).toBeNull();
    });

    test('filters by user, status, type and batch', async ({ store, submit }) => {
      const mine = await submit({ userId: 'u1', batchId: 'b1' });
      const other = await submit({ userId: 'u2', type: 'refinement' });
      await store.tasks.cancel(other.id);
      const idsOf = async (query: TaskQuery): Promise<string[]> =>
        (await store.tasks.list(query)).tasks.map(({ id }) => id);
      expect(await idsOf({ userId: 'u1' })).toEqual([mine.id]);
      expect(await idsOf({ status: 'cancelled' })).toEqual([other.id]);
      expect(await idsOf({ type: 'refinement' })).toEqual([other.id]);
      expect(await idsOf({ batchId: 'b1' })).toEqual([mine.id]);
      expect(await idsOf({ batchId: 'b1', status: 'failed' })).toEqual([]);
    });

    test('filters by the code of the error, which a retry does not hide', async (scene) => {
      const { store } = scene;
      const failed = await finishFailed(scene);
      const refused = await finishFailed(scene, {}, providerFailure({ code: 'PROVIDER_REFUSED', retryable: false }));
      const retried = await finishFailed(scene, { userId: 'u2' });
      await store.tasks.retry(retried.id);
      await scene.submit();
      const idsOf = async (query: TaskQuery): Promise<string[]> =>
        (await store.tasks.list(query)).tasks.map(({ id }) => id);
      expect(await idsOf({ errorCode: 'PROVIDER_FAILED' })).toEqual([retried.id, failed.id]);
      expect(await idsOf({ errorCode: 'PROVIDER_REFUSED' })).toEqual([refused.id]);
      expect(await idsOf({ errorCode: 'PROVIDER_FAILED', status: 'failed' })).toEqual([failed.id]);
      expect(await idsOf({ errorCode: 'TIMEOUT' })).toEqual([]);
      const page = await store.tasks.list({ errorCode: 'PROVIDER_FAILED', limit: 1 });
      expect(await idsOf({ errorCode: 'PROVIDER_FAILED', limit: 1, cursor: page.nextCursor! })).toEqual([failed.id]);
    });

    test('refuses a limit outside 1 to 1,000 and a cursor that is none', async ({ store }) => {
      for (const limit of [0, 1_001, 1.5]) {
        await expect(store.tasks.list({ limit })).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'limit' });
      }
      const rotten = store.tasks.list({ cursor: 'no cursor' });
      await expect(rotten).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'cursor' });
    });
  });

  describe('counts', () => {
    test('tells pending tasks apart by what they wait for', async (scene) => {
      const { store, clock } = scene;
      await oneTaskPerState(scene);
      expect(await store.tasks.counts({})).toEqual({
        pending: 3,
        due: 1,
        retrying: 1,
        processing: 1,
        completed: 0,
        failed: 1,
        cancelled: 1,
      });
      clock.advance(60_000);
      expect(await store.tasks.counts({})).toMatchObject({ pending: 3, due: 3 });
    });

    test('counts by type and batch', async ({ store, submit }) => {
      await submit({ batchId: 'b1' });
      await submit({ type: 'refinement', batchId: 'b1' });
      await submit({ type: 'refinement' });
      expect(await store.tasks.counts({ types: ['refinement'] })).toMatchObject({ pending: 2 });
      expect(await store.tasks.counts({ types: ['refinement'], batchId: 'b1' })).toMatchObject({ pending: 1 });
      expect(await store.tasks.counts({ types: ['coloring'] })).toMatchObject({ pending: 0 });
    });
  });
}

async function allPages(store: Store, query: TaskQuery): Promise<Task[]> {
  const tasks: Task[] = [];
  let cursor = query.cursor;
  do {
    const page = await store.tasks.list({ ...query, cursor });
    tasks.push(...page.tasks);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return tasks;
}

/** A failed, a retrying, a processing, a cancelled, a due and a delayed task. */
async function oneTaskPerState({ store, clock, submit, register, claim }: Scene): Promise<void> {
  await register('w');
  for (let index = 0; index < 3; index += 1) await submit();
  const failing = await claim('w');
  await store.leases.fail({ lease: failing.lease, error: providerFailure({ retryable: false }), retryAt: null });
  const retrying = await claim('w');
  await store.leases.fail({ lease: retrying.lease, error: providerFailure(), retryAt: isoAt(clock, 5_000) });
  await claim('w');
  await store.tasks.cancel((await submit()).id);
  await submit();
  await submit({ runAt: isoAt(clock, 60_000) });
}
