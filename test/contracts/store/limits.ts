import { describe, expect } from 'vitest';
import type { ClaimLimits } from '../../../src/core/claim-limits.ts';
import { providerFailure } from '../fixtures.ts';
import { isoAt, LEASE_MS, type MakeStore, type Scene, storeTest } from './harness.ts';
import { claimIds, completeClaimed, submitSome } from './steps.ts';
import type { ClaimedTask } from '../../../src/ports/task-leases.ts';

/** Every limit, at one task, where all tasks are of one user, one type and one provider. */
const LIMITS: Readonly<Record<string, ClaimLimits>> = {
  total: { total: 1 },
  perType: { perType: { generation: 1 } },
  perUser: { perUser: 1 },
  perProvider: { perProvider: 1 },
};

/** Every way a task stops processing; `w` holds it, and lives on. */
const ENDINGS: Readonly<Record<string, (scene: Scene, claimed: ClaimedTask) => Promise<unknown>>> = {
  completes: completeClaimed,
  fails: ({ store }, { lease }) => store.leases.fail({ lease, error: providerFailure(), retryAt: null }),
  'is put back for later': ({ store, clock }, { lease }) =>
    store.leases.fail({ lease, error: providerFailure(), retryAt: isoAt(clock, 60_000) }),
  'is released': ({ store }, { lease }) => store.leases.release(lease),
  'is cancelled': ({ store }, { task }) => store.tasks.cancel(task.id),
};

export function testLimits(make: MakeStore): void {
  const test = storeTest(make);

  describe('limits', () => {
    testEachLimit(test);
    testManyWorkers(test);
    for (const [name, limits] of Object.entries(LIMITS)) {
      for (const [ending, end] of Object.entries(ENDINGS)) {
        test(`${name}: gives the next task as soon as one ${ending}`, async (scene) => {
          await submitSome(scene, 3);
          await scene.register('w');
          const request = { workerId: 'w', limit: 5, provider: 'p', limits };
          const [claimed] = await scene.store.leases.claim(request);
          expect(await scene.store.leases.claim(request)).toEqual([]);
          await end(scene, claimed!);
          expect(await scene.store.leases.claim(request)).toHaveLength(1);
        });
      }
      test(`${name}: gives the next task after the sweep of one whose worker died`, async (scene) => {
        await submitSome(scene, 3);
        await scene.register('dead');
        expect(await claimIds(scene, { workerId: 'dead', limit: 5, provider: 'p', limits })).toHaveLength(1);
        scene.clock.advance(LEASE_MS);
        await scene.store.leases.sweep();
        await scene.register('w');
        expect(await claimIds(scene, { workerId: 'w', limit: 5, provider: 'p', limits })).toHaveLength(1);
      });
    }
  });
}

type Register = ReturnType<typeof storeTest>;

function testEachLimit(test: Register): void {
  test('of a type leave other types alone', async (scene) => {
    const others = await submitSome(scene, 2, { type: 'refinement' });
    const [first] = await submitSome(scene, 2);
    const more = await submitSome(scene, 2, { type: 'refinement' });
    await scene.register('w');
    const limits = { perType: { generation: 1 } };
    expect(await claimIds(scene, { workerId: 'w', limit: 10, limits })).toEqual([...others, first, ...more]);
  });

  test('of a user do not hold up those behind', async (scene) => {
    const [a1, a2] = await submitSome(scene, 5, { userId: 'a' });
    await submitSome(scene, 5, { userId: 'a', priority: -1 });
    const [b1, b2] = await submitSome(scene, 3, { userId: 'b' });
    const [c1] = await submitSome(scene, 1, { userId: 'c', priority: -2 });
    await scene.register('w');
    const claimed = await claimIds(scene, { workerId: 'w', limit: 10, limits: { perUser: 2 } });
    expect(new Set(claimed)).toEqual(new Set([a1, a2, b1, b2, c1]));
  });

  test('of a provider count the tasks that were claimed for it', async (scene) => {
    await submitSome(scene, 10);
    await scene.register('w');
    const claimFor = (provider?: string): Promise<string[]> =>
      claimIds(scene, { workerId: 'w', limit: 2, provider, limits: { perProvider: 1 } });
    expect(await claimFor('one')).toHaveLength(1);
    expect(await claimFor('one')).toEqual([]);
    expect(await claimFor('two')).toHaveLength(1);
    expect(await claimFor(undefined)).toHaveLength(2);
  });

  test('hold together', async (scene) => {
    const [a1] = await submitSome(scene, 3, { userId: 'a' });
    const [b1] = await submitSome(scene, 3, { userId: 'b' });
    await submitSome(scene, 3, { userId: 'c' });
    const [d1] = await submitSome(scene, 3, { userId: 'd', type: 'refinement' });
    await scene.register('w');
    const limits = { total: 3, perUser: 1, perType: { generation: 2 } };
    const claimed = await claimIds(scene, { workerId: 'w', limit: 10, limits });
    expect(new Set(claimed)).toEqual(new Set([a1, b1, d1]));
  });

  test('hold for a claim by task id', async (scene) => {
    const [, second] = await submitSome(scene, 2);
    const [other] = await submitSome(scene, 1, { userId: 'u2' });
    await scene.register('w');
    await scene.claim('w');
    const limits = { perUser: 1 };
    expect(await claimIds(scene, { workerId: 'w', taskId: second!, limit: 1, limits })).toEqual([]);
    expect(await claimIds(scene, { workerId: 'w', taskId: other!, limit: 1, limits })).toEqual([other]);
  });

  test('that are lifted hold nothing back', async (scene) => {
    await submitSome(scene, 4);
    await scene.register('w');
    expect(await claimIds(scene, { workerId: 'w', limit: 10, limits: { total: 1 } })).toHaveLength(1);
    expect(await claimIds(scene, { workerId: 'w', limit: 10, limits: {} })).toHaveLength(3);
  });
}

function testManyWorkers(test: Register): void {
  test('per user of one worker keep nothing from another that has none', async (scene) => {
    await submitSome(scene, 3);
    await submitSome(scene, 1, { userId: 'u2' });
    await scene.register('w1');
    await scene.register('w2');
    expect(await claimIds(scene, { workerId: 'w1', limit: 10, limits: { perUser: 1 } })).toHaveLength(2);
    expect(await claimIds(scene, { workerId: 'w2', limit: 10, limits: { total: 3 } })).toHaveLength(1);
    expect(await claimIds(scene, { workerId: 'w2', limit: 10 })).toHaveLength(1);
  });

  test('count the tasks of all workers, however they were claimed', async (scene) => {
    await submitSome(scene, 5);
    await scene.register('w1');
    await scene.register('w2');
    await scene.claim('w1');
    expect(await claimIds(scene, { workerId: 'w2', limit: 10, limits: { total: 3 } })).toHaveLength(2);
    expect(await claimIds(scene, { workerId: 'w1', limit: 10, limits: { perUser: 3 } })).toEqual([]);
  });

  test('are kept by claims at one time', async (scene) => {
    await submitSome(scene, 20);
    await scene.register('w1');
    await scene.register('w2');
    const claims = Array.from({ length: 10 }, (_, index) =>
      claimIds(scene, { workerId: index % 2 === 0 ? 'w1' : 'w2', limit: 2, limits: { total: 5 } }),
    );
    expect((await Promise.all(claims)).flat()).toHaveLength(5);
  });

  test('count what is claimed ahead', async (scene) => {
    await submitSome(scene, 5);
    await scene.register('w');
    expect(await claimIds(scene, { workerId: 'w', limit: 1, ahead: 5, limits: { total: 3 } })).toHaveLength(3);
  });
}
