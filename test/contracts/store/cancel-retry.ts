import { describe, expect } from 'vitest';
import { conceptFor, providerFailure } from '../fixtures.ts';
import { INTENT_PREFIX } from '../../../src/core/checkpoint-intent.ts';
import { isoAt, LEASE_MS, type MakeStore, type Scene, storeTest } from './harness.ts';
import { completeClaimed, finishFailed, start } from './steps.ts';

export function testCancelAndRetry(make: MakeStore): void {
  const test = storeTest(make);

  describe('cancel', () => {
    test('ends a pending task', async ({ store, clock, submit, register }) => {
      const { id } = await submit();
      clock.advance(10);
      const cancelled = await store.tasks.cancel(id);
      expect(cancelled).toMatchObject({ id, status: 'cancelled', completedAt: isoAt(clock), updatedAt: isoAt(clock) });
      expect(await store.tasks.get(id)).toEqual(cancelled);
      await register('w');
      expect(await store.leases.claim({ workerId: 'w', limit: 1 })).toEqual([]);
    });

    test('takes the lease of a processing task away', async ({ store, submit, register, claim }) => {
      const { id } = await submit();
      await register('w');
      const { lease } = await claim('w');
      expect(await store.tasks.cancel(id)).toMatchObject({ status: 'cancelled', leaseToken: null, leaseOwner: null });
      const beat = await store.workers.heartbeat({ workerId: 'w', leaseMs: LEASE_MS, held: [lease] });
      expect(beat).toEqual({ alive: true, lost: [lease] });
    });

    test('refuses a task that is final', async (scene) => {
      for (const id of await oneFinalTaskEach(scene)) {
        const before = await scene.store.tasks.get(id);
        await expect(scene.store.tasks.cancel(id)).rejects.toMatchObject({
          code: 'INVALID_TRANSITION',
          message: expect.stringContaining(before!.status),
        });
        expect(await scene.store.tasks.get(id)).toEqual(before);
      }
    });

    test("does not find another user's task nor an unknown one", async ({ store, submit }) => {
      const { id } = await submit({ userId: 'u1' });
      for (const call of [() => store.tasks.cancel(id, { userId: 'u2' }), () => store.tasks.cancel('no-such-task')]) {
        await expect(call()).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
      }
      expect(await store.tasks.get(id)).toMatchObject({ status: 'pending' });
      expect(await store.tasks.cancel(id, { userId: 'u1' })).toMatchObject({ status: 'cancelled' });
    });
  });

  describe('retry', () => {
    test('starts a failed task again with all its attempts and its checkpoints', async (scene) => {
      const { store, clock, submit, register, claim } = scene;
      const { id } = await submit();
      await register('w');
      const first = await claim('w');
      const checkpoint = { stage: 'image', data: { path: 'u1/t/a.png' } };
      await store.leases.checkpoint({ lease: first.lease, checkpoint });
      await store.leases.fail({ lease: first.lease, error: providerFailure(), retryAt: null });
      clock.advance(10);
      expect(await store.tasks.retry(id)).toMatchObject({
        status: 'pending',
        attempt: 0,
        error: providerFailure(),
        progress: null,
        runAt: isoAt(clock),
        startedAt: null,
        completedAt: null,
      });
      const second = await claim('w');
      expect(second.task).toMatchObject({ id, attempt: 1, error: providerFailure() });
      expect(second.checkpoints).toEqual([checkpoint]);
      await completeClaimed(scene, second);
      expect(await store.tasks.get(id)).toMatchObject({ status: 'completed', error: null });
    });

    test('tells in its event which error it answers', async (scene) => {
      const { store } = scene;
      const { id } = await finishFailed(scene);
      await store.tasks.retry(id);
      const events = await store.events.list({ taskId: id });
      expect(events.at(-1)).toMatchObject({ type: 'retried', attempt: 0, data: { error: providerFailure() } });
    });

    test('consents to pay again: open intents are dropped, finished stages stay', async (scene) => {
      const { store, clock } = scene;
      const intent = { stage: `${INTENT_PREFIX}image`, data: { call: 1 } };
      const finished = { stage: 'palettes', data: [1] };
      const first = await start(scene);
      for (const checkpoint of [intent, finished]) {
        await store.leases.checkpoint({ lease: first.lease, checkpoint });
      }
      await store.leases.fail({ lease: first.lease, error: providerFailure(), retryAt: isoAt(clock) });
      await scene.register('w');
      const second = await scene.claim('w');
      expect(second.checkpoints).toEqual([intent, finished]);
      await store.leases.fail({ lease: second.lease, error: providerFailure(), retryAt: null });
      await store.tasks.retry(first.task.id);
      expect((await scene.claim('w')).checkpoints).toEqual([finished]);
    });

    test('starts a cancelled task again', async ({ store, submit }) => {
      const { id } = await submit();
      await store.tasks.cancel(id);
      expect(await store.tasks.retry(id)).toMatchObject({ id, status: 'pending', completedAt: null });
    });

    test('refuses pending, processing and completed tasks', async ({ store, clock, submit, register, claim }) => {
      const { id } = await submit();
      const refusal = { code: 'INVALID_TRANSITION', hint: expect.any(String) };
      await expect(store.tasks.retry(id)).rejects.toMatchObject(refusal);
      await register('w');
      const { task, lease } = await claim('w');
      await expect(store.tasks.retry(id)).rejects.toMatchObject(refusal);
      await store.leases.complete({ lease, result: { concept: conceptFor(task, isoAt(clock)), partial: false } });
      await expect(store.tasks.retry(id)).rejects.toMatchObject(refusal);
    });

    test("does not find another user's task", async ({ store, submit }) => {
      const { id } = await submit({ userId: 'u1' });
      await store.tasks.cancel(id);
      await expect(store.tasks.retry(id, { userId: 'u2' })).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
    });
  });
}

async function oneFinalTaskEach({ store, clock, submit, register, claim }: Scene): Promise<string[]> {
  await register('w');
  await submit();
  const done = await claim('w');
  const result = { concept: conceptFor(done.task, isoAt(clock)), partial: false };
  await store.leases.complete({ lease: done.lease, result });
  await submit();
  const failed = await claim('w');
  await store.leases.fail({ lease: failed.lease, error: providerFailure(), retryAt: null });
  const cancelled = await submit();
  await store.tasks.cancel(cancelled.id);
  return [done.task.id, failed.task.id, cancelled.id];
}
