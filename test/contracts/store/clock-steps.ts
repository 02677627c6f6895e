import { describe, expect } from 'vitest';
import { providerFailure } from '../fixtures.ts';
import { isoAt, LEASE_MS, type MakeStore, storeTest } from './harness.ts';
import { claimIds, start } from './steps.ts';

const HOUR_MS = 3_600_000;
const STEPS = { forward: HOUR_MS, back: -HOUR_MS } as const;

export function testClockSteps(make: MakeStore): void {
  const test = storeTest(make);

  const testLeases: Register = (title, body) =>
    test(title, async (scene) => {
      const { flags, name } = scene.store;
      if (flags.leaseClock === 'wall') {
        const reason = `leases of ${name} end by the clock of its database, which keeps itself right`;
        process.stderr.write(`skipped: ${scene.context.task.name}: ${reason}\n`);
        scene.context.skip(reason);
      }
      await body(scene);
    });
  for (const [direction, stepMs] of Object.entries(STEPS)) {
    describe(`a wall clock set ${direction} by an hour`, () => {
      testStep(testLeases, stepMs);
    });
  }

  describe('waiting tasks', () => {
    testWaiting(test);
  });
}

type Register = ReturnType<typeof storeTest>;

function testStep(test: Register, stepMs: number): void {
  test('does not end a lease', async (scene) => {
    const { store, clock } = scene;
    const { task, lease } = await start(scene);
    clock.step(stepMs);
    expect(await store.leases.sweep()).toEqual({ returned: 0, failed: 0 });
    expect(await store.workers.live()).toMatchObject([{ id: lease.workerId, expiresAt: isoAt(clock, LEASE_MS) }]);
    await expect(store.leases.record({ lease, events: [] })).resolves.toBeUndefined();
    expect(await store.tasks.get(task.id)).toMatchObject({ status: 'processing', leaseToken: lease.token });
  });

  test('does not prolong a lease', async (scene) => {
    const { store, clock } = scene;
    const { lease } = await start(scene);
    clock.step(stepMs);
    clock.advance(LEASE_MS);
    await expect(store.leases.record({ lease, events: [] })).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(await store.workers.live()).toEqual([]);
    expect(await store.leases.sweep()).toEqual({ returned: 1, failed: 0 });
  });

  test('lets a worker beat and claim on', async (scene) => {
    const { store, clock, submit, register, claim } = scene;
    await register('w');
    clock.advance(LEASE_MS - 1);
    clock.step(stepMs);
    const beat = { workerId: 'w', leaseMs: LEASE_MS, held: [] };
    expect(await store.workers.heartbeat(beat)).toEqual({ alive: true, lost: [] });
    clock.advance(LEASE_MS - 1);
    const { id } = await submit();
    expect((await claim('w')).task.id).toBe(id);
    clock.advance(1);
    expect(await store.workers.heartbeat(beat)).toEqual({ alive: false, lost: [] });
  });

  test('leaves due tasks due', async (scene) => {
    const { store, clock, submit, register } = scene;
    const { id } = await submit();
    const released = await start(scene);
    await store.leases.release(released.lease);
    clock.step(stepMs);
    await register('w');
    expect(await claimIds(scene, { workerId: 'w', limit: 5 })).toEqual([id, released.task.id]);
  });

  test('lets a failed attempt be retried after a sweep at the latest', async (scene) => {
    const { store, clock, register, claim } = scene;
    const { task, lease } = await start(scene);
    await store.leases.fail({ lease, error: providerFailure(), retryAt: isoAt(clock, 5_000) });
    clock.step(stepMs);
    await store.leases.sweep();
    await register('w');
    expect((await claim('w')).task).toMatchObject({ id: task.id, attempt: 2, error: providerFailure() });
  });
}

function testWaiting(test: Register): void {
  test('keep the time that their submitter gave them when the wall clock is set back', async (scene) => {
    const { store, clock, submit, register } = scene;
    const runAt = isoAt(clock, 5_000);
    const { id } = await submit({ runAt });
    clock.step(-HOUR_MS);
    await store.leases.sweep();
    clock.advance(5_000);
    await store.leases.sweep();
    expect(await store.tasks.get(id)).toMatchObject({ status: 'pending', runAt });
    await register('w', HOUR_MS * 2);
    expect(await claimIds(scene, { workerId: 'w', limit: 1 })).toEqual([]);
    clock.step(HOUR_MS);
    expect(await claimIds(scene, { workerId: 'w', limit: 1 })).toEqual([id]);
  });

  test('for a retry wait on when the wall clock is only set right by less than a second', async (scene) => {
    const { store, clock, register, claim } = scene;
    const { task, lease } = await start(scene);
    const retryAt = isoAt(clock, 5_000);
    await store.leases.fail({ lease, error: providerFailure(), retryAt });
    clock.step(-900);
    await store.leases.sweep();
    expect(await store.tasks.get(task.id)).toMatchObject({ runAt: retryAt });
    await register('w');
    expect(await claimIds(scene, { workerId: 'w', limit: 1 })).toEqual([]);
    clock.advance(5_900);
    expect((await claim('w')).task.id).toBe(task.id);
  });
}
