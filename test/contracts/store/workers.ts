import { describe, expect } from 'vitest';
import { isoAt, LEASE_MS, type MakeStore, storeTest } from './harness.ts';

export function testWorkers(make: MakeStore): void {
  const test = storeTest(make);

  describe('workers', () => {
    test('are live from registration until it runs out', async ({ store, clock }) => {
      const worker = { id: 'w', kind: 'waiter', host: 'h', pid: 42, types: ['generation'] } as const;
      await store.workers.register(worker, LEASE_MS);
      const live = [{ ...worker, startedAt: isoAt(clock), expiresAt: isoAt(clock, LEASE_MS) }];
      expect(await store.workers.live()).toEqual(live);
      clock.advance(LEASE_MS - 1);
      expect(await store.workers.live()).toEqual(live);
      clock.advance(1);
      expect(await store.workers.live()).toEqual([]);
    });

    test('stay live by heartbeats', async ({ store, clock, register }) => {
      await register('w');
      clock.advance(LEASE_MS - 1);
      const beat = await store.workers.heartbeat({ workerId: 'w', leaseMs: 5_000, held: [] });
      expect(beat).toEqual({ alive: true, lost: [] });
      expect(await store.workers.live()).toMatchObject([{ id: 'w', types: null, expiresAt: isoAt(clock, 5_000) }]);
    });

    test('never use an id again', async ({ store, clock, register }) => {
      const refusal = { code: 'INVALID_INPUT', message: expect.stringContaining('w') };
      await register('w');
      await expect(register('w')).rejects.toMatchObject(refusal);
      clock.advance(LEASE_MS);
      await expect(register('w')).rejects.toMatchObject(refusal);
      await store.leases.sweep();
      await expect(register('w')).rejects.toMatchObject(refusal);
    });

    test('are not revived by a heartbeat that comes too late', async ({ store, clock, submit, register, claim }) => {
      await submit();
      await register('w');
      const { lease } = await claim('w');
      clock.advance(LEASE_MS);
      const beat = { workerId: 'w', leaseMs: LEASE_MS, held: [lease] };
      expect(await store.workers.heartbeat(beat)).toEqual({ alive: false, lost: [lease] });
      expect(await store.workers.live()).toEqual([]);
      expect(await store.leases.sweep()).toMatchObject({ returned: 1 });
      expect(await store.workers.heartbeat(beat)).toEqual({ alive: false, lost: [lease] });
    });

    test('learn which of their leases are void', async ({ store, submit, register, claim }) => {
      await submit();
      await submit();
      await register('w');
      const [first, second] = [await claim('w'), await claim('w')];
      await store.tasks.cancel(second.task.id);
      const held = [first.lease, second.lease];
      const beat = await store.workers.heartbeat({ workerId: 'w', leaseMs: LEASE_MS, held });
      expect(beat).toEqual({ alive: true, lost: [second.lease] });
    });

    test('keep the newer lease of a task whose older one is void', async ({ store, submit, register, claim }) => {
      const { id } = await submit();
      await register('w');
      const older = await claim('w');
      await store.tasks.cancel(id);
      await store.tasks.retry(id);
      const newer = await claim('w');
      const held = [older.lease, newer.lease];
      const beat = await store.workers.heartbeat({ workerId: 'w', leaseMs: LEASE_MS, held });
      expect(beat).toEqual({ alive: true, lost: [older.lease] });
    });

    test('are not alive when nobody registered them', async ({ store }) => {
      const beat = await store.workers.heartbeat({ workerId: 'nobody', leaseMs: LEASE_MS, held: [] });
      expect(beat).toEqual({ alive: false, lost: [] });
      expect(await store.workers.live()).toEqual([]);
    });

    test('that retire give their tasks back at the next sweep', async ({ store, submit, register, claim }) => {
      const { id } = await submit();
      await register('w');
      const { lease } = await claim('w');
      await store.workers.retire('w');
      expect(await store.workers.live()).toEqual([]);
      const beat = await store.workers.heartbeat({ workerId: 'w', leaseMs: LEASE_MS, held: [lease] });
      expect(beat).toEqual({ alive: false, lost: [lease] });
      expect(await store.leases.sweep()).toEqual({ returned: 1, failed: 0 });
      expect(await store.tasks.get(id)).toMatchObject({ status: 'pending' });
    });

    test('that retire write nothing more, not even in the same moment', async ({ store, submit, register, claim }) => {
      await submit();
      await register('w');
      const { lease } = await claim('w');
      const outcomes = await Promise.allSettled([
        store.leases.record({ lease, events: [] }),
        store.workers.retire('w'),
        store.leases.record({ lease, events: [] }),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
      expect(outcomes[2]).toMatchObject({ reason: { code: 'LEASE_LOST' } });
    });

    test('retire twice, and unknown ones too, without an error', async ({ store, register }) => {
      await register('w');
      await store.workers.retire('w');
      await expect(store.workers.retire('w')).resolves.toBeUndefined();
      await expect(store.workers.retire('nobody')).resolves.toBeUndefined();
    });
  });
}
