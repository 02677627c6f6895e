import { describe, expect } from 'vitest';
import type { Task } from '../../../src/core/task.ts';
import { providerFailure } from '../fixtures.ts';
import { isoAt, LEASE_MS, type MakeStore, type Scene, storeTest } from './harness.ts';
import { claimIds, claimInTurn, submitSome } from './steps.ts';

/** More than a claim takes to look whether there is anything to do. */
const MICROTASKS = 20;

/** How a task that was claimed comes back in line. The clock may move: the worker `w` is registered anew. */
const RETURNS: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
  'was released': async ({ store, claim }) => store.leases.release((await claim('w')).lease),
  'is retried by itself': async ({ store, clock, claim }) =>
    store.leases.fail({ lease: (await claim('w')).lease, error: providerFailure(), retryAt: isoAt(clock) }),
  'is retried by itself some time later': async ({ store, clock, claim }) => {
    await store.leases.fail({
      lease: (await claim('w')).lease,
      error: providerFailure(),
      retryAt: isoAt(clock, 1_000),
    });
    clock.advance(1_000);
  },
  'lost its worker': async ({ store, clock, register }) => {
    await register('dead', LEASE_MS - 1);
    await store.leases.claim({ workerId: 'dead', limit: 1 });
    clock.advance(LEASE_MS - 1);
    await store.leases.sweep();
  },
};

export function testFairness(make: MakeStore): void {
  const test = storeTest(make);

  describe('fairness', () => {
    testTurns(test);
    testOrder(test);
    testLateComers(test);
    for (const [title, comeBack] of Object.entries(RETURNS)) {
      test(`keeps the turn of a task that ${title}`, async (scene) => {
        const [first] = await submitSome(scene, 3, { userId: 'a' });
        await submitSome(scene, 3, { userId: 'b' });
        await scene.register('w');
        await comeBack(scene);
        expect((await scene.claim('w')).task.id).toBe(first);
      });
    }
  });
}

type Register = ReturnType<typeof storeTest>;

function testTurns(test: Register): void {
  test('lets a user with few tasks past one with many', async (scene) => {
    await submitSome(scene, 100, { userId: 'a' });
    const few = await submitSome(scene, 3, { userId: 'b' });
    await scene.register('w');
    const claimed = await claimInTurn(scene, 'w', 7);
    expect(ofUser(claimed, 'b')).toEqual(few);
  });

  test('does so within one claim, too', async (scene) => {
    await submitSome(scene, 100, { userId: 'a' });
    const few = await submitSome(scene, 3, { userId: 'b' });
    await scene.register('w');
    const claimed = await scene.store.leases.claim({ workerId: 'w', limit: 7 });
    const tasks = claimed.map(({ task }) => task);
    expect(ofUser(tasks, 'b')).toEqual(few);
  });

  test('lets a newcomer in while another is being served', async (scene) => {
    const many = await submitSome(scene, 100, { userId: 'a' });
    await scene.register('w');
    await scene.store.leases.claim({ workerId: 'w', limit: 40 });
    const few = await submitSome(scene, 3, { userId: 'b' });
    const claimed = await claimInTurn(scene, 'w', 7);
    expect(ofUser(claimed, 'b')).toEqual(few);
    expect(ofUser(claimed, 'a')).toEqual(many.slice(40, 44));
  });

  test('saves no turns for a user who asked for nothing', async (scene) => {
    await submitSome(scene, 60, { userId: 'a' });
    await scene.register('w');
    await scene.store.leases.claim({ workerId: 'w', limit: 40 });
    await submitSome(scene, 20, { userId: 'b' });
    const claimed = await claimInTurn(scene, 'w', 20);
    expect(ofUser(claimed, 'a')).toHaveLength(10);
    expect(ofUser(claimed, 'b')).toHaveLength(10);
  });

  test('gives newcomers no earlier turns because an old task came back', async (scene) => {
    const { store } = scene;
    await submitSome(scene, 60, { userId: 'a' });
    await scene.register('w');
    const [oldest] = await store.leases.claim({ workerId: 'w', limit: 40 });
    await store.leases.release(oldest!.lease);
    expect((await scene.claim('w')).task.id).toBe(oldest!.task.id);
    await submitSome(scene, 20, { userId: 'b' });
    const claimed = await claimInTurn(scene, 'w', 20);
    expect(ofUser(claimed, 'a')).toHaveLength(10);
  });

  test('does so for newcomers that come in the very turn of its claim', async (scene) => {
    const { store } = scene;
    await submitSome(scene, 60, { userId: 'a' });
    await scene.register('w');
    const [oldest] = await store.leases.claim({ workerId: 'w', limit: 40 });
    await store.leases.release(oldest!.lease);
    const claiming = claimIds(scene, { workerId: 'w', limit: 1 });
    // Still the same turn of the event loop: a store that gathers its writes has both of them in one.
    for (let step = 0; step < MICROTASKS; step += 1) await Promise.resolve();
    const submitting = submitSome(scene, 20, { userId: 'b' });
    expect(await claiming).toEqual([oldest!.task.id]);
    await submitting;
    const claimed = await claimInTurn(scene, 'w', 20);
    expect(ofUser(claimed, 'a')).toHaveLength(10);
  });

  test('serves three users round robin, each in the order of submission', async (scene) => {
    const ids: Record<string, string[]> = {};
    for (const userId of ['a', 'b', 'c']) ids[userId] = await submitSome(scene, 4, { userId });
    await scene.register('w');
    const claimed = await claimInTurn(scene, 'w', 12);
    for (let round = 0; round < 4; round += 1) {
      const users = claimed.slice(round * 3, round * 3 + 3).map(({ userId }) => userId);
      expect(users.toSorted(), `round ${round}`).toEqual(['a', 'b', 'c']);
    }
    for (const [userId, expected] of Object.entries(ids)) expect(ofUser(claimed, userId)).toEqual(expected);
  });
}

function testOrder(test: Register): void {
  test('takes a higher priority before a turn', async (scene) => {
    const low = await submitSome(scene, 2, { userId: 'a' });
    const high = await submitSome(scene, 5, { userId: 'b', priority: 3 });
    await scene.register('w');
    expect(await claimIds(scene, { workerId: 'w', limit: 7 })).toEqual([...high, ...low]);
  });

  test('counts the turns of each priority on their own', async (scene) => {
    await submitSome(scene, 10, { userId: 'a', priority: 3 });
    await submitSome(scene, 4, { userId: 'a' });
    await submitSome(scene, 4, { userId: 'b' });
    await scene.register('w');
    await scene.store.leases.claim({ workerId: 'w', limit: 10 });
    const claimed = await claimInTurn(scene, 'w', 4);
    expect(ofUser(claimed, 'a')).toHaveLength(2);
    expect(ofUser(claimed, 'b')).toHaveLength(2);
  });

  test("takes a single user's tasks in the order of submission, whatever their types", async (scene) => {
    const ids: string[] = [];
    for (const type of ['generation', 'refinement', 'refinement', 'generation', 'refinement', 'generation'] as const) {
      ids.push((await scene.submit({ type })).id);
    }
    await scene.register('w');
    const [first, ...rest] = ids;
    expect(await claimIds(scene, { workerId: 'w', limit: 1 })).toEqual([first]);
    expect(await claimIds(scene, { workerId: 'w', limit: 10 })).toEqual(rest);
  });

  test('lets a user with one task of one type past one with many of another', async (scene) => {
    await submitSome(scene, 100, { userId: 'a' });
    await scene.register('w');
    await scene.store.leases.claim({ workerId: 'w', limit: 40 });
    const few = await submitSome(scene, 1, { userId: 'b', type: 'refinement' });
    const claimed = await claimInTurn(scene, 'w', 2);
    expect(ofUser(claimed, 'b')).toEqual(few);
  });

  test('gives a user with tasks of two types no more turns than others', async (scene) => {
    await submitSome(scene, 10, { userId: 'a' });
    await submitSome(scene, 10, { userId: 'a', type: 'refinement' });
    await submitSome(scene, 10, { userId: 'b' });
    await scene.register('w');
    const claimed = await claimInTurn(scene, 'w', 10);
    expect(ofUser(claimed, 'a')).toHaveLength(5);
  });

  test('merges the lines of the types by turn', async (scene) => {
    const [a1, a2, a3] = await submitSome(scene, 3, { userId: 'a' });
    const [b1] = await submitSome(scene, 1, { userId: 'b', type: 'refinement' });
    const [c1] = await submitSome(scene, 1, { userId: 'c' });
    const [urgent] = await submitSome(scene, 1, { userId: 'd', type: 'refinement', priority: 1 });
    await scene.register('w');
    expect(await claimIds(scene, { workerId: 'w', limit: 10 })).toEqual([urgent, a1, b1, c1, a2, a3]);
  });
}

/** In their own time, so late that the line has long passed the turns of their submission. */
function testLateComers(test: Register): void {
  const RETRIES: Readonly<Record<string, (scene: Scene, ids: readonly string[]) => Promise<unknown>>> = {
    'one by one': async ({ store }, ids) => {
      for (const id of ids) await store.tasks.retry(id);
    },
    'all at once': ({ store }) => store.bulk.retry({ status: 'failed', limit: 100 }),
  };
  for (const [how, retry] of Object.entries(RETRIES)) {
    test(`puts tasks that are retried by hand, ${how}, before nobody who waits already`, async (scene) => {
      const { store, register } = scene;
      const failing = await submitSome(scene, 20, { userId: 'a' });
      await register('w');
      for (const { lease } of await store.leases.claim({ workerId: 'w', limit: 20 })) {
        await store.leases.fail({ lease, error: providerFailure(), retryAt: null });
      }
      const [waiting] = await submitSome(scene, 1, { userId: 'b' });
      await retry(scene, failing);
      const claimed = await claimInTurn(scene, 'w', 21);
      expect(claimed.slice(0, 2).map(({ id }) => id)).toContain(waiting);
      expect(ofUser(claimed, 'a')).toEqual(failing);
    });
  }

  test('gives tasks their turns when their time comes, the longest due first', async (scene) => {
    const { clock, register } = scene;
    const later = await submitSome(scene, 10, { userId: 'a', runAt: isoAt(clock, 1_000) });
    const sooner = await submitSome(scene, 10, { userId: 'a', runAt: isoAt(clock, 500) });
    await submitSome(scene, 40, { userId: 'c' });
    await register('w');
    await claimInTurn(scene, 'w', 40);
    clock.advance(1_000);
    const [waiting] = await submitSome(scene, 1, { userId: 'b' });
    const claimed = await claimInTurn(scene, 'w', 21);
    expect(claimed.slice(0, 2).map(({ id }) => id)).toContain(waiting);
    expect(ofUser(claimed, 'a')).toEqual([...sooner, ...later]);
  });

  test('gives a task its turn when it is claimed by name before the line took it in', async (scene) => {
    const { store, clock, register } = scene;
    const [late] = await submitSome(scene, 1, { userId: 'a', runAt: isoAt(clock, 1_000) });
    const inLine = await submitSome(scene, 3, { userId: 'a' });
    await register('w');
    clock.advance(1_000);
    const [named] = await store.leases.claim({ workerId: 'w', taskId: late!, limit: 1 });
    await store.leases.release(named!.lease);
    expect(await claimIds(scene, { workerId: 'w', limit: 10 })).toEqual([...inLine, late]);
  });

  test('takes no turns from a user whose tasks wait for their time', async (scene) => {
    await submitSome(scene, 20, { userId: 'a', runAt: isoAt(scene.clock, 60_000) });
    await submitSome(scene, 20, { userId: 'b' });
    const [now] = await submitSome(scene, 1, { userId: 'a' });
    await scene.register('w');
    expect((await claimInTurn(scene, 'w', 2)).map(({ id }) => id)).toContain(now);
  });
}

function ofUser(tasks: readonly Pick<Task, 'id' | 'userId'>[], userId: string): string[] {
  return tasks.filter((task) => task.userId === userId).map(({ id }) => id);
}
