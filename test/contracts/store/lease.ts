import { describe, expect } from 'vitest';
import { INTENT_PREFIX } from '../../../src/core/checkpoint-intent.ts';
import type { Lease } from '../../../src/core/task.ts';
import type { Store } from '../../../src/ports/store.ts';
import { conceptFor, providerFailure } from '../fixtures.ts';
import { isoAt, LEASE_MS, type MakeStore, type Scene, storeTest } from './harness.ts';
import { dataResultFor, start } from './steps.ts';

/** Every write that needs a lease. */
const WRITES: Readonly<Record<string, (store: Store, lease: Lease, at: string) => Promise<unknown>>> = {
  record: (store, lease) =>
    store.leases.record({
      lease,
      events: [{ type: 'stage.started', data: { stage: 's' } }],
      progress: { stage: 's', fraction: 0.5 },
    }),
  checkpoint: (store, lease) => store.leases.checkpoint({ lease, checkpoint: { stage: 's', data: 1 } }),
  complete: (store, lease, at) =>
    store.leases.complete({
      lease,
      result: { concept: conceptFor({ id: lease.taskId, userId: 'u1' }, at), partial: false },
    }),
  'complete with data': (store, lease) =>
    store.leases.complete({ lease, result: dataResultFor({ id: lease.taskId, userId: 'u1' }) }),
  fail: (store, lease) => store.leases.fail({ lease, error: providerFailure(), retryAt: null }),
  reschedule: (store, lease, at) => store.leases.fail({ lease, error: providerFailure(), retryAt: at }),
  release: (store, lease) => store.leases.release(lease),
};

/** How a worker can lose the lease that it claimed as `old`. */
const LOSSES: Readonly<Record<string, (scene: Scene, lease: Lease) => Promise<unknown>>> = {
  'the registration ran out': async ({ clock }) => clock.advance(LEASE_MS),
  'the registration ran out and was swept': async ({ clock, store }) => {
    clock.advance(LEASE_MS);
    await store.leases.sweep();
  },
  'the worker retired': ({ store }) => store.workers.retire('old'),
  'the task was cancelled': ({ store }, lease) => store.tasks.cancel(lease.taskId),
  'the task was released': ({ store }, lease) => store.leases.release(lease),
  'another worker claimed it since': async ({ clock, store, register, claim }) => {
    clock.advance(LEASE_MS);
    await store.leases.sweep();
    await register('new');
    await claim('new');
  },
  'the same worker claimed it anew': async ({ store, claim }, lease) => {
    await store.leases.release(lease);
    await claim('old');
  },
};

export function testLease(make: MakeStore): void {
  const test = storeTest(make);

  describe('lease', () => {
    for (const [loss, lose] of Object.entries(LOSSES)) {
      test(`refuses every write after ${loss}, and changes nothing`, async (scene) => {
        const { store, clock, submit, register, claim } = scene;
        const { id } = await submit();
        await register('old');
        const { lease } = await claim('old');
        await lose(scene, lease);
        const before = await recordsOf(store, id);
        for (const write of Object.values(WRITES)) {
          await expect(write(store, lease, isoAt(clock))).rejects.toMatchObject({
            code: 'LEASE_LOST',
            message: expect.stringContaining(id),
          });
        }
        expect(await recordsOf(store, id)).toEqual(before);
      });
    }

    test('refuses a token of its own making', async ({ store, clock, submit, register, claim }) => {
      await submit();
      await register('w');
      const { lease } = await claim('w');
      for (const [name, write] of Object.entries(WRITES)) {
        const forged = write(store, { ...lease, token: 'forged' }, isoAt(clock));
        await expect(forged, name).rejects.toMatchObject({ code: 'LEASE_LOST' });
      }
    });

    test('has the writes of one process take effect in the order of their calls', async (scene) => {
      const { store, clock } = scene;
      const { task, lease } = await start(scene);
      const stages = Array.from({ length: 10 }, (_, index) => `stage-${index}`);
      const writes = stages.flatMap((stage) => [
        store.leases.record({ lease, events: [{ type: 'stage.started', data: { stage } }] }),
        store.leases.checkpoint({ lease, checkpoint: { stage, data: 1 } }),
      ]);
      const result = { concept: conceptFor(task, isoAt(clock)), partial: false };
      await Promise.all([...writes, store.leases.complete({ lease, result })]);
      const events = await store.events.list({ taskId: task.id, afterSeq: 2 });
      expect(events.map(({ data }) => data['stage'])).toEqual([...stages, undefined]);
      expect(events.at(-1)).toMatchObject({ type: 'completed' });
    });

    test('lives on while its worker beats', async ({ store, clock, submit, register, claim }) => {
      await submit();
      await register('w');
      const { lease } = await claim('w');
      for (let beat = 0; beat < 3; beat += 1) {
        clock.advance(LEASE_MS - 1);
        await store.workers.heartbeat({ workerId: 'w', leaseMs: LEASE_MS, held: [lease] });
      }
      await expect(store.leases.release(lease)).resolves.toMatchObject({ status: 'pending' });
    });
  });

  describe('progress and checkpoints', () => {
    test('shows the progress that was recorded', async ({ store, clock, submit, register, claim }) => {
      const { id } = await submit();
      await register('w');
      const { lease } = await claim('w');
      clock.advance(50);
      await store.leases.record({ lease, events: [], progress: { stage: 'palettes', fraction: 0.25 } });
      expect(await store.tasks.get(id)).toMatchObject({
        status: 'processing',
        progress: { stage: 'palettes', fraction: 0.25 },
      });
      await store.leases.record({ lease, events: [{ type: 'stage.completed', data: { stage: 'palettes' } }] });
      expect(await store.tasks.get(id)).toMatchObject({ progress: { stage: 'palettes', fraction: 0.25 } });
    });

    test('hands the checkpoints to the next attempt, the newest of each stage', async ({
      store,
      clock,
      submit,
      register,
      claim,
    }) => {
      await submit();
      await register('w');
      const first = await claim('w');
      const save = (stage: string, data: unknown): Promise<void> =>
        store.leases.checkpoint({ lease: first.lease, checkpoint: { stage, data } });
      await save('image', { path: 'u1/t/a.png' });
      await save('palettes', [1]);
      await save('palettes', { names: ['Bamboo'], nested: { empty: null, list: [1, 2.5, 'ü'] } });
      await store.leases.fail({ lease: first.lease, error: providerFailure(), retryAt: isoAt(clock) });
      const second = await claim('w');
      expect(second.checkpoints).toEqual([
        { stage: 'image', data: { path: 'u1/t/a.png' } },
        { stage: 'palettes', data: { names: ['Bamboo'], nested: { empty: null, list: [1, 2.5, 'ü'] } } },
      ]);
    });

    test('hands them over in the order in which they were last written', async (scene) => {
      const { store, clock, claim } = scene;
      const { lease } = await start(scene);
      const stages = [
        `${INTENT_PREFIX}image`,
        'image',
        `${INTENT_PREFIX}palettes`,
        'palettes',
        `${INTENT_PREFIX}image`,
      ];
      for (const [index, stage] of stages.entries()) {
        await store.leases.checkpoint({ lease, checkpoint: { stage, data: index } });
      }
      await store.leases.fail({ lease, error: providerFailure(), retryAt: isoAt(clock) });
      expect((await claim(lease.workerId)).checkpoints).toEqual([
        { stage: 'image', data: 1 },
        { stage: `${INTENT_PREFIX}palettes`, data: 2 },
        { stage: 'palettes', data: 3 },
        { stage: `${INTENT_PREFIX}image`, data: 4 },
      ]);
    });

    test('keeps the checkpoints of two tasks apart', async ({ store, submit, register, claim }) => {
      await submit();
      await submit();
      await register('w');
      const first = await claim('w');
      await store.leases.checkpoint({ lease: first.lease, checkpoint: { stage: 'image', data: 1 } });
      expect((await claim('w')).checkpoints).toEqual([]);
    });
  });
}

async function recordsOf(store: Store, taskId: string): Promise<unknown> {
  return {
    task: await store.tasks.get(taskId),
    events: await store.events.list({ taskId }),
    concept: await store.concepts.get(taskId),
    result: await store.results.get(taskId),
  };
}
