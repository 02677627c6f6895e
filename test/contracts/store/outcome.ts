import { describe, expect } from 'vitest';
import { PARTS_STAGE } from '../../../src/core/closing-run.ts';
import { conceptFor, providerFailure } from '../fixtures.ts';
import { isoAt, LEASE_MS, type MakeStore, storeTest } from './harness.ts';

export function testOutcome(make: MakeStore): void {
  const test = storeTest(make);

  describe('complete', () => {
    test('writes the concept and the task together', async ({ store, clock, submit, register, claim }) => {
      const { id } = await submit();
      await register('w');
      const { task, lease } = await claim('w');
      clock.advance(900);
      const concept = conceptFor(task, isoAt(clock));
      const completing = store.leases.complete({ lease, result: { concept, partial: false } });
      await expect(completing).resolves.toBeUndefined();
      expect(await store.tasks.get(id)).toMatchObject({
        id,
        status: 'completed',
        attempt: 1,
        resultId: concept.id,
        partial: false,
        error: null,
        leaseToken: null,
        leaseOwner: null,
        completedAt: isoAt(clock),
        updatedAt: isoAt(clock),
      });
      expect(await store.concepts.get(concept.id)).toEqual(concept);
    });

    test('forgets the error of an earlier attempt and marks a partial result', async (scene) => {
      const { store, clock, submit, register, claim } = scene;
      await submit();
      await register('w');
      const first = await claim('w');
      await store.leases.fail({ lease: first.lease, error: providerFailure(), retryAt: isoAt(clock) });
      const { task, lease } = await claim('w');
      expect(task.error).toEqual(providerFailure());
      const result = { concept: conceptFor(task, isoAt(clock)), partial: true };
      await store.leases.complete({ lease, result });
      expect(await store.tasks.get(task.id)).toMatchObject({ partial: true, error: null, attempt: 2 });
    });
  });

  describe('fail', () => {
    test('ends the task for good without a retry time', async ({ store, clock, submit, register, claim }) => {
      const { id } = await submit();
      await register('w');
      const { lease } = await claim('w');
      const error = providerFailure({ code: 'PROVIDER_REFUSED', retryable: false });
      const failed = await store.leases.fail({ lease, error, retryAt: null });
      expect(failed).toMatchObject({ id, status: 'failed', error, leaseToken: null, completedAt: isoAt(clock) });
      expect(await store.leases.claim({ workerId: 'w', limit: 1 })).toEqual([]);
    });

    test('puts the task back in line until the retry time', async ({ store, clock, submit, register, claim }) => {
      const { id } = await submit();
      await register('w');
      const { lease } = await claim('w');
      const retryAt = isoAt(clock, 2_000);
      const again = await store.leases.fail({ lease, error: providerFailure(), retryAt });
      expect(again).toMatchObject({
        id,
        status: 'pending',
        attempt: 1,
        runAt: retryAt,
        error: providerFailure(),
        leaseToken: null,
        leaseOwner: null,
        completedAt: null,
      });
      expect(await store.leases.claim({ workerId: 'w', limit: 1 })).toEqual([]);
      clock.advance(2_000);
      expect((await claim('w')).task).toMatchObject({ id, attempt: 2 });
    });
  });

  describe('release', () => {
    test('gives the task back at once without burning an attempt', async ({ store, submit, register, claim }) => {
      const { id } = await submit({ maxAttempts: 1 });
      await register('w');
      const { lease } = await claim('w');
      expect(await store.leases.release(lease)).toMatchObject({ id, status: 'pending', attempt: 0, leaseToken: null });
      expect((await claim('w')).task).toMatchObject({ id, attempt: 1 });
    });
  });

  describe('sweep', () => {
    test('returns the tasks of a worker that stopped beating', async ({ store, clock, submit, register, claim }) => {
      const { id } = await submit();
      await register('dead');
      const { lease } = await claim('dead');
      await store.leases.record({ lease, events: [], progress: { stage: 'recolour', fraction: 0.5 } });
      expect(await store.leases.sweep()).toEqual({ returned: 0, failed: 0 });
      clock.advance(LEASE_MS);
      expect(await store.leases.sweep()).toEqual({ returned: 1, failed: 0 });
      expect(await store.leases.sweep()).toEqual({ returned: 0, failed: 0 });
      const error = { code: 'LEASE_EXPIRED', message: expect.stringMatching(/dead.*recolour/), retryable: true };
      expect(await store.tasks.get(id)).toMatchObject({
        status: 'pending',
        attempt: 1,
        runAt: isoAt(clock),
        error,
        leaseToken: null,
        leaseOwner: null,
      });
      await register('next');
      expect((await claim('next')).task).toMatchObject({ id, attempt: 2 });
    });

    test('fails a task whose attempts are used up', async ({ store, clock, submit, register, claim }) => {
      const { id } = await submit({ maxAttempts: 1 });
      await register('dead');
      await claim('dead');
      clock.advance(LEASE_MS);
      expect(await store.leases.sweep()).toEqual({ returned: 0, failed: 1 });
      expect(await store.tasks.get(id)).toMatchObject({
        status: 'failed',
        error: { code: 'LEASE_EXPIRED', message: expect.stringContaining('dead') },
        completedAt: isoAt(clock),
      });
    });

    test('gives a task with finished parts one closing run after its last attempt', async (scene) => {
      const { store, clock, submit, register, claim } = scene;
      const { id } = await submit({ maxAttempts: 1 });
      await register('dead');
      const { lease } = await claim('dead');
      const checkpoint = { stage: PARTS_STAGE, data: [{ index: 0 }] };
      await store.leases.checkpoint({ lease, checkpoint, mayRepeat: true });
      clock.advance(LEASE_MS);
      expect(await store.leases.sweep()).toEqual({ returned: 1, failed: 0 });
      expect(await store.tasks.get(id)).toMatchObject({
        status: 'pending',
        attempt: 1,
        error: { code: 'LEASE_EXPIRED' },
      });
      await register('next');
      const closing = await claim('next');
      expect(closing).toMatchObject({ task: { id, attempt: 2, maxAttempts: 1 }, checkpoints: [checkpoint] });
      expect(closing.task.error).toMatchObject({ code: 'LEASE_EXPIRED', message: expect.stringContaining('dead') });
      const result = { concept: conceptFor(closing.task, isoAt(clock)), partial: true };
      await store.leases.complete({ lease: closing.lease, result });
      expect(await store.tasks.get(id)).toMatchObject({ status: 'completed', partial: true, error: null });
    });

    test('gives the closing run back when its worker stops, and fails the task when it dies', async (scene) => {
      const { store, clock, submit, register, claim } = scene;
      const { id } = await submit({ maxAttempts: 1 });
      await register('dead');
      const { lease } = await claim('dead');
      await store.leases.checkpoint({ lease, checkpoint: { stage: PARTS_STAGE, data: [] } });
      clock.advance(LEASE_MS);
      await store.leases.sweep();
      await register('next');
      await store.leases.release((await claim('next')).lease);
      expect((await claim('next')).task).toMatchObject({ id, attempt: 2 });
      clock.advance(LEASE_MS);
      expect(await store.leases.sweep()).toEqual({ returned: 0, failed: 1 });
      expect(await store.tasks.get(id)).toMatchObject({
        status: 'failed',
        error: { code: 'LEASE_EXPIRED', message: expect.stringContaining('next') },
      });
    });

    test('fails a task whose attempts are used up and that has nothing but what parts are made of', async (scene) => {
      const { store, clock, submit, register, claim } = scene;
      await submit({ maxAttempts: 1 });
      await register('dead');
      const { lease } = await claim('dead');
      await store.leases.checkpoint({ lease, checkpoint: { stage: 'image-storage', data: {} } });
      clock.advance(LEASE_MS);
      expect(await store.leases.sweep()).toEqual({ returned: 0, failed: 1 });
    });

    test('leaves the tasks of live workers alone', async ({ store, clock, submit, register, claim }) => {
      await submit();
      await submit();
      await register('dead');
      await claim('dead');
      clock.advance(LEASE_MS - 1);
      await register('live');
      const { task } = await claim('live');
      clock.advance(1);
      expect(await store.leases.sweep()).toEqual({ returned: 1, failed: 0 });
      expect(await store.tasks.get(task.id)).toMatchObject({ status: 'processing', leaseOwner: 'live' });
    });

    test('returns each task once when several sweep together', async ({ store, clock, submit, register, claim }) => {
      await submit();
      await register('dead');
      await claim('dead');
      clock.advance(LEASE_MS);
      const reports = await Promise.all([store.leases.sweep(), store.leases.sweep(), store.leases.sweep()]);
      expect(reports.filter(({ returned }) => returned === 1)).toHaveLength(1);
      expect(reports.filter(({ returned }) => returned === 0)).toHaveLength(2);
    });
  });
}
