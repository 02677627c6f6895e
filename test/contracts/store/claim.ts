import { describe, expect } from 'vitest';
import { newTask } from '../fixtures.ts';
import { isoAt, LEASE_MS, type MakeStore, storeTest } from './harness.ts';

export function testClaim(make: MakeStore): void {
  const test = storeTest(make);

  describe('claim', () => {
    test('starts an attempt under a fresh token', async ({ store, clock, submit, register, claim }) => {
      const { id } = await submit();
      await register('w');
      clock.advance(5);
      const { task, lease, checkpoints } = await claim('w');
      expect(task).toMatchObject({
        id,
        status: 'processing',
        attempt: 1,
        leaseOwner: 'w',
        leaseToken: lease.token,
        startedAt: isoAt(clock),
        updatedAt: isoAt(clock),
      });
      expect(lease).toEqual({ taskId: id, token: expect.stringMatching(/.{16}/), workerId: 'w' });
      expect(checkpoints).toEqual([]);
      expect(await store.tasks.get(id)).toEqual(task);
    });

    test('takes the highest priority first, then the oldest', async ({ store, clock, submit, register }) => {
      const ids: Record<string, string> = {};
      for (const [name, priority] of [
        ['low', -1],
        ['first', 0],
        ['second', 0],
        ['high', 9],
      ] as const) {
        ids[name] = (await submit({ priority })).id;
        clock.advance(1);
      }
      await register('w');
      const claimed = await store.leases.claim({ workerId: 'w', limit: 10 });
      expect(claimed.map(({ task }) => task.id)).toEqual([ids['high'], ids['first'], ids['second'], ids['low']]);
    });

    test('takes tasks of one submitMany in their order', async ({ store, clock, register }) => {
      const tasks = Array.from({ length: 5 }, () => newTask(clock));
      await store.tasks.submitMany(tasks);
      await register('w');
      const claimed = await store.leases.claim({ workerId: 'w', limit: 5 });
      expect(claimed.map(({ task }) => task.id)).toEqual(tasks.map(({ id }) => id));
    });

    test('takes at most the limit', async ({ store, submit, register }) => {
      for (let index = 0; index < 3; index += 1) await submit();
      await register('w');
      expect(await store.leases.claim({ workerId: 'w', limit: 2 })).toHaveLength(2);
      expect(await store.leases.claim({ workerId: 'w', limit: 2 })).toHaveLength(1);
      expect(await store.leases.claim({ workerId: 'w', limit: 2 })).toEqual([]);
    });

    test('leaves a task until its run_at', async ({ store, clock, submit, register }) => {
      await submit({ runAt: isoAt(clock, 1_000) });
      await register('w');
      expect(await store.leases.claim({ workerId: 'w', limit: 1 })).toEqual([]);
      clock.advance(1_000);
      expect(await store.leases.claim({ workerId: 'w', limit: 1 })).toHaveLength(1);
    });

    test('takes only the types asked for', async ({ store, submit, register }) => {
      await submit();
      const { id } = await submit({ type: 'refinement' });
      await register('w');
      const claimed = await store.leases.claim({ workerId: 'w', types: ['refinement', 'coloring'], limit: 5 });
      expect(claimed.map(({ task }) => task.id)).toEqual([id]);
    });

    test('takes only the task asked for', async ({ store, submit, register }) => {
      await submit({ priority: 9 });
      const { id } = await submit();
      await register('w');
      const claimed = await store.leases.claim({ workerId: 'w', taskId: id, limit: 5 });
      expect(claimed.map(({ task }) => task.id)).toEqual([id]);
      expect(await store.leases.claim({ workerId: 'w', taskId: id, limit: 5 })).toEqual([]);
    });

    test('never gives one task to two claims', async ({ store, clock, register }) => {
      await store.tasks.submitMany(Array.from({ length: 20 }, () => newTask(clock)));
      await register('w1');
      await register('w2');
      const claims = Array.from({ length: 10 }, (_, index) =>
        store.leases.claim({ workerId: index % 2 === 0 ? 'w1' : 'w2', limit: 3 }),
      );
      const ids = (await Promise.all(claims)).flat().map(({ task }) => task.id);
      expect(ids).toHaveLength(20);
      expect(new Set(ids).size).toBe(20);
    });

    test('refuses a worker that is not registered, retired or expired', async ({ store, clock, submit, register }) => {
      const { id } = await submit();
      await register('retired');
      await store.workers.retire('retired');
      await register('expired', LEASE_MS);
      clock.advance(LEASE_MS);
      for (const workerId of ['unknown', 'retired', 'expired']) {
        await expect(store.leases.claim({ workerId, limit: 1 })).rejects.toMatchObject({
          code: 'LEASE_LOST',
          message: expect.stringContaining(workerId),
        });
      }
      expect(await store.tasks.get(id)).toMatchObject({ status: 'pending', attempt: 0 });
    });
  });
}
