import { describe, expect } from 'vitest';
import { conceptFor, newTaskId } from '../fixtures.ts';
import { isoAt, type MakeStore, type Scene, storeTest } from './harness.ts';
import { dataResultFor, start } from './steps.ts';

export function testSurvival(make: MakeStore): void {
  const test = storeTest(make);

  describe('close', () => {
    test('may be called twice', async ({ store }) => {
      await store.close();
      await expect(store.close()).resolves.toBeUndefined();
    });

    test('leaves every record behind in a durable store', async (scene) => {
      const { store, clock, submit, register, claim } = scene;
      if (!store.flags.durable) return scene.context.skip(`${store.name} is not durable (flags.durable)`);
      await submit();
      await register('w');
      const { task, lease } = await claim('w');
      const concept = conceptFor(task, isoAt(clock));
      await store.leases.complete({ lease, result: { concept, partial: false } });
      const completed = await store.tasks.get(task.id);
      const events = await store.events.list({ taskId: task.id });
      const batch = await store.batches.open({ id: newTaskId(clock), userId: 'u1', name: 'spring' });
      const other = await start(scene, { batchId: batch.id });
      const result = dataResultFor(other.task);
      await store.leases.complete({ lease: other.lease, result });
      await store.retention.pin(other.task.id, true);
      await store.close();
      const again = await openAgain(scene);
      expect(await again.tasks.get(task.id)).toEqual(completed);
      expect(await again.concepts.get(concept.id)).toEqual(concept);
      expect(await again.events.list({ taskId: task.id })).toEqual(events);
      expect(await again.results.get(other.task.id)).toEqual(result);
      expect(await again.batches.get(batch.id)).toMatchObject({ ...batch, total: 1 });
      expect(await again.retention.finished({ limit: 1 })).toMatchObject({
        tasks: [{ taskId: other.task.id, pinned: true }],
      });
      await again.close();
    });
  });

  describe('diagnosis', () => {
    test('of a healthy store finds no problem and names the store', async (scene) => {
      const { store } = scene;
      await start(scene);
      await scene.submit();
      const { facts, problems } = await store.diagnose();
      expect(facts).toMatchObject({ store: store.name });
      for (const [fact, value] of Object.entries(facts)) expect(['string', 'number'], fact).toContain(typeof value);
      expect(problems).toEqual([]);
    });
  });

  describe('sharing', () => {
    test('lets two openings of one store see and exclude each other', async (scene) => {
      const { store, submit, register, claim } = scene;
      if (!store.flags.shared) return scene.context.skip(`${store.name} is not shared (flags.shared)`);
      const other = await openAgain(scene);
      const { id } = await submit();
      expect(await other.tasks.get(id)).toMatchObject({ id, status: 'pending' });
      await register('w');
      await claim('w');
      expect(await other.leases.claim({ workerId: 'w', limit: 1 })).toEqual([]);
      await other.tasks.cancel(id);
      expect(await store.tasks.get(id)).toMatchObject({ status: 'cancelled' });
      await other.close();
    });

    test('carries news from one opening to the other', async (scene) => {
      const { store, submit } = scene;
      if (!store.flags.shared) return scene.context.skip(`${store.name} is not shared (flags.shared)`);
      const other = await openAgain(scene);
      await other.events.news(1);
      const started = performance.now();
      const news = other.events.news(10_000);
      await submit();
      await news;
      // Not a speed test: without the news this would take the whole ten seconds.
      expect(performance.now() - started).toBeLessThan(5_000);
      await other.close();
    });
  });
}

async function openAgain({ store, reopen }: Scene): Promise<Scene['store']> {
  if (!reopen) throw new Error(`${store.name} declares durable or shared: its harness needs reopen()`);
  return reopen();
}
