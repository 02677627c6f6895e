import { describe, expect } from 'vitest';
import { newTaskId } from '../fixtures.ts';
import { isoAt, type MakeStore, type Scene, storeTest } from './harness.ts';
import { finishConcept, finishFailed, start, submitSome } from './steps.ts';

export function testBatches(make: MakeStore): void {
  const test = storeTest(make);

  describe('batches', () => {
    test('are opened once per user and name', async ({ store, clock }) => {
      const mine = { id: newTaskId(clock), userId: 'u1', name: 'spring' };
      const opened = await store.batches.open(mine);
      expect(opened).toEqual({ ...mine, createdAt: isoAt(clock) });
      clock.advance(10);
      expect(await store.batches.open({ ...mine, id: newTaskId(clock) })).toEqual(opened);
      expect(await store.batches.open(mine)).toEqual(opened);
    });

    test('of other names and other users are others', async ({ store, clock }) => {
      const first = await store.batches.open({ id: newTaskId(clock), userId: 'u1', name: 'spring' });
      const other = await store.batches.open({ id: newTaskId(clock), userId: 'u1', name: 'summer' });
      const theirs = await store.batches.open({ id: newTaskId(clock), userId: 'u2', name: 'spring' });
      expect(new Set([first.id, other.id, theirs.id]).size).toBe(3);
      expect(theirs).toMatchObject({ userId: 'u2', name: 'spring' });
    });

    test('are one under concurrent calls', async ({ store, clock }) => {
      const calls = Array.from({ length: 8 }, () =>
        store.batches.open({ id: newTaskId(clock), userId: 'u1', name: 'same' }),
      );
      const opened = await Promise.all(calls);
      expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
      expect(await store.batches.get(opened[0]!.id)).toMatchObject(opened[0]!);
    });

    test('tell how their tasks are', async (scene) => {
      const { store, clock } = scene;
      const batch = await openSpring(scene);
      const batchId = batch.id;
      await submitSome(scene, 2, { batchId });
      await scene.submit({ batchId, runAt: isoAt(clock, 60_000) });
      await start(scene, { batchId });
      await finishConcept(scene, { batchId });
      await finishFailed(scene, { batchId });
      await store.tasks.cancel((await scene.submit({ batchId })).id);
      await submitSome(scene, 3);
      const counts = { pending: 3, due: 2, retrying: 0, processing: 1, completed: 1, failed: 1, cancelled: 1 };
      expect(await store.batches.get(batchId)).toEqual({ ...batch, total: 7, counts });
      expect(await store.tasks.counts({ batchId })).toEqual(counts);
    });

    test('are found by id and by name', async (scene) => {
      const { store } = scene;
      const batch = await openSpring(scene);
      expect(await store.batches.get(batch.id)).toMatchObject({ ...batch, total: 0 });
      expect(await store.batches.get('spring')).toMatchObject({ ...batch, total: 0 });
      expect(await store.batches.get('winter')).toBeUndefined();
    });

    test('are hidden from other users', async (scene) => {
      const { store } = scene;
      const batch = await openSpring(scene);
      for (const idOrName of [batch.id, 'spring']) {
        expect(await store.batches.get(idOrName, { userId: 'u2' })).toBeUndefined();
        expect(await store.batches.get(idOrName, { userId: 'u1' })).toMatchObject(batch);
      }
    });

    test('of one name are told apart by user, the newest first', async (scene) => {
      const { store, clock } = scene;
      const older = await openSpring(scene);
      clock.advance(10);
      const newer = await store.batches.open({ id: newTaskId(clock), userId: 'u2', name: 'spring' });
      expect(await store.batches.get('spring')).toMatchObject(newer);
      expect(await store.batches.get('spring', { userId: 'u1' })).toMatchObject(older);
    });

    test('hold tasks that were submitted together, each with its first event', async (scene) => {
      const { store } = scene;
      const { id: batchId } = await openSpring(scene);
      for (const taskId of await submitSome(scene, 20, { batchId })) {
        const events = await store.events.list({ taskId });
        expect(events.map(({ seq, type }) => [seq, type])).toEqual([[1, 'submitted']]);
      }
      expect(await store.batches.get(batchId)).toMatchObject({ total: 20, counts: { pending: 20, due: 20 } });
    });
  });
}

function openSpring({ store, clock }: Scene) {
  return store.batches.open({ id: newTaskId(clock), userId: 'u1', name: 'spring' });
}
