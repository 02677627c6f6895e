import { describe, expect } from 'vitest';
import type { Store } from '../../../src/ports/store.ts';
import type { Lease } from '../../../src/core/task.ts';
import { providerFailure } from '../fixtures.ts';
import { isoAt, LEASE_MS, type MakeStore, type Scene, storeTest } from './harness.ts';
import { claimIds, submitSome } from './steps.ts';

/** What a worker writes first about a task that it begins. */
const FIRST_WRITES: Readonly<Record<string, (store: Store, lease: Lease) => Promise<void>>> = {
  record: (store, lease) =>
    store.leases.record({ lease, events: [{ type: 'stage.started', data: { stage: 'image' } }] }),
  checkpoint: (store, lease) => store.leases.checkpoint({ lease, checkpoint: { stage: 'image', data: 1 } }),
};

export function testAhead(make: MakeStore): void {
  const test = storeTest(make);

  describe('claim ahead', () => {
    testChoice(test);
    testLoss(test);
    for (const [name, write] of Object.entries(FIRST_WRITES)) {
      test(`counts the attempt after the first ${name}`, async (scene) => {
        const { store, clock } = scene;
        const { inSlot, ahead } = await claimOneAhead(scene);
        await write(store, ahead.lease);
        clock.advance(LEASE_MS);
        expect(await store.leases.sweep()).toEqual({ returned: 0, failed: 2 });
        for (const { task } of [inSlot, ahead]) {
          expect(await store.tasks.get(task.id)).toMatchObject({ status: 'failed', attempt: 1 });
        }
      });
    }
  });
}

type Register = ReturnType<typeof storeTest>;

function testChoice(test: Register): void {
  test('takes as many more as asked for, in the same order', async (scene) => {
    const ids = await submitSome(scene, 6);
    await scene.register('w');
    expect(await claimIds(scene, { workerId: 'w', limit: 2, ahead: 3 })).toEqual(ids.slice(0, 5));
    expect(await claimIds(scene, { workerId: 'w', limit: 1, ahead: 3 })).toEqual(ids.slice(5));
  });

  test('holds what is ahead under a lease like any other', async (scene) => {
    const { store } = scene;
    await submitSome(scene, 2);
    await scene.register('w');
    const [, ahead] = await store.leases.claim({ workerId: 'w', limit: 1, ahead: 1 });
    expect(ahead!.task).toMatchObject({ status: 'processing', attempt: 1, leaseOwner: 'w' });
    expect(await store.leases.release(ahead!.lease)).toMatchObject({ status: 'pending', attempt: 0 });
    expect(await claimIds(scene, { workerId: 'w', limit: 1 })).toEqual([ahead!.task.id]);
  });

  test('leaves tasks that ran before to a free slot', async (scene) => {
    const { store, clock, register, claim } = scene;
    const [first, second, third] = await submitSome(scene, 3);
    await register('w');
    const failing = [await claim('w'), await claim('w')];
    for (const { lease } of failing) {
      await store.leases.fail({ lease, error: providerFailure(), retryAt: isoAt(clock) });
    }
    expect(await claimIds(scene, { workerId: 'w', limit: 1, ahead: 5 })).toEqual([first, third]);
    expect(await claimIds(scene, { workerId: 'w', limit: 1 })).toEqual([second]);
  });

  test('takes a task that was given back unfinished', async (scene) => {
    const { store, register, claim } = scene;
    const [first, second] = await submitSome(scene, 2);
    await register('w');
    const begun = [await claim('w'), await claim('w')];
    for (const { lease } of begun) await store.leases.release(lease);
    expect(await claimIds(scene, { workerId: 'w', limit: 1, ahead: 1 })).toEqual([first, second]);
  });
}

function testLoss(test: Register): void {
  test('does not count the attempt when the worker dies before it begins', async (scene) => {
    const { store, clock } = scene;
    const { inSlot, ahead } = await claimOneAhead(scene);
    clock.advance(LEASE_MS);
    expect(await store.leases.sweep()).toEqual({ returned: 1, failed: 1 });
    expect(await store.tasks.get(inSlot.task.id)).toMatchObject({ status: 'failed', attempt: 1 });
    expect(await store.tasks.get(ahead.task.id)).toMatchObject({
      status: 'pending',
      attempt: 0,
      error: { code: 'LEASE_EXPIRED' },
      runAt: isoAt(clock),
      leaseToken: null,
      leaseOwner: null,
    });
    const events = await store.events.list({ taskId: ahead.task.id });
    expect(events.map(({ seq, type, attempt }) => [seq, type, attempt])).toEqual([
      [1, 'submitted', 0],
      [2, 'claimed', 1],
      [3, 'lease.expired', 1],
    ]);
  });

  test('does not take such a task ahead again, and counts its next attempt', async (scene) => {
    const { store, clock, register, submit } = scene;
    const { ahead } = await claimOneAhead(scene);
    clock.advance(LEASE_MS);
    await store.leases.sweep();
    const urgent = await submit({ priority: 9 });
    const fresh = await submit();
    await register('w2');
    expect(await claimIds(scene, { workerId: 'w2', limit: 1, ahead: 5 })).toEqual([urgent.id, fresh.id]);
    const [again] = await store.leases.claim({ workerId: 'w2', limit: 1, ahead: 5 });
    expect(again!.task).toMatchObject({ id: ahead.task.id, attempt: 1 });
    clock.advance(LEASE_MS);
    await store.leases.sweep();
    expect(await store.tasks.get(ahead.task.id)).toMatchObject({ status: 'failed', attempt: 1 });
  });
}

/** Two tasks of one attempt each, claimed by `w`: one for its slot, one ahead. */
async function claimOneAhead(scene: Scene) {
  await submitSome(scene, 2, { maxAttempts: 1 });
  await scene.register('w');
  const [inSlot, ahead] = await scene.store.leases.claim({ workerId: 'w', limit: 1, ahead: 1 });
  return { inSlot: inSlot!, ahead: ahead! };
}
