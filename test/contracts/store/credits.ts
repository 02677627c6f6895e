import { describe, expect } from 'vitest';
import { conceptFor, newTask, providerFailure } from '../fixtures.ts';
import { isoAt, LEASE_MS, type MakeStore, type Scene, storeTest } from './harness.ts';

const COSTS = { generation: 2, refinement: 1, coloring: 1, rendition: 1 };

export function testCredits(make: MakeStore): void {
  describe('credits, off', () => {
    storeTest(make)('are never asked for', async ({ store, submit }) => {
      await submit();
      expect(await store.credits.balance('u1')).toEqual({ available: 0, held: 0 });
    });
  });

  describe('credits', () => {
    const test = storeTest(make, COSTS);
    testGrants(test);
    testHolds(test);
    testRefunds(test);
    testBulk(test);
  });
}

type Register = ReturnType<typeof storeTest>;

function testGrants(test: Register): void {
  test('are granted once per key and user', async ({ store }) => {
    const grant = { userId: 'u1', amount: 5, key: 'may' };
    expect(await store.credits.grant(grant)).toEqual({ available: 5, held: 0 });
    expect(await store.credits.grant(grant)).toEqual({ available: 5, held: 0 });
    expect(await store.credits.grant({ ...grant, key: 'june' })).toEqual({ available: 10, held: 0 });
    expect(await store.credits.grant({ ...grant, userId: 'u2' })).toEqual({ available: 5, held: 0 });
    expect(await store.credits.balance('u3')).toEqual({ available: 0, held: 0 });
  });

  test('are granted in whole numbers from 1', async ({ store }) => {
    for (const amount of [0, -1, 1.5, Number.NaN]) {
      const grant = store.credits.grant({ userId: 'u1', amount, key: 'k' });
      await expect(grant).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'amount' });
    }
  });
}

function testHolds(test: Register): void {
  test('are held at submit and spent at completion', async (scene) => {
    const { store, clock, claim } = scene;
    await startOne(scene, 5);
    expect(await store.credits.balance('u1')).toEqual({ available: 3, held: 2 });
    const { task, lease } = await claim('w');
    await store.leases.complete({ lease, result: { concept: conceptFor(task, isoAt(clock)), partial: false } });
    expect(await store.credits.balance('u1')).toEqual({ available: 3, held: 0 });
  });

  test('must suffice: else nothing is written', async ({ store, clock }) => {
    await store.credits.grant({ userId: 'u1', amount: 3, key: 'k' });
    const tasks = [newTask(clock), newTask(clock)];
    await expect(store.tasks.submitMany(tasks)).rejects.toMatchObject({
      code: 'INSUFFICIENT_CREDITS',
      message: expect.stringContaining('u1'),
      hint: expect.any(String),
    });
    expect((await store.tasks.list({})).tasks).toEqual([]);
    expect(await store.credits.balance('u1')).toEqual({ available: 3, held: 0 });
  });

  test('are held once for one idempotency key', async (scene) => {
    await startOne(scene, 5, 'same');
    await scene.submit({ idempotencyKey: 'same' });
    expect(await scene.store.credits.balance('u1')).toEqual({ available: 3, held: 2 });
  });

  test('are never overspent by concurrent submits', async ({ store, clock }) => {
    await store.credits.grant({ userId: 'u1', amount: 5, key: 'k' });
    const submits = Array.from({ length: 6 }, () => store.tasks.submit(newTask(clock)));
    const outcomes = await Promise.allSettled(submits);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(await store.credits.balance('u1')).toEqual({ available: 1, held: 4 });
  });

  test('stay held while an attempt is retried or released', async (scene) => {
    const { store, clock, claim } = scene;
    await startOne(scene, 5);
    await store.leases.fail({ lease: (await claim('w')).lease, error: providerFailure(), retryAt: isoAt(clock) });
    await store.leases.release((await claim('w')).lease);
    expect(await store.credits.balance('u1')).toEqual({ available: 3, held: 2 });
  });

  test('are held anew by a retry, which they must suffice for', async (scene) => {
    const { store, submit } = scene;
    const id = await startOne(scene, 3);
    await store.tasks.cancel(id);
    await store.tasks.retry(id);
    expect(await store.credits.balance('u1')).toEqual({ available: 1, held: 2 });
    await store.tasks.cancel(id);
    await submit();
    await expect(store.tasks.retry(id)).rejects.toMatchObject({ code: 'INSUFFICIENT_CREDITS' });
    expect(await store.tasks.get(id)).toMatchObject({ status: 'cancelled' });
  });
}

function testRefunds(test: Register): void {
  test('come back once after a failure for good', async (scene) => {
    const { store, claim } = scene;
    await startOne(scene, 5);
    await store.leases.fail({ lease: (await claim('w')).lease, error: providerFailure(), retryAt: null });
    expect(await store.credits.balance('u1')).toEqual({ available: 5, held: 0 });
  });

  test('come back once after a cancel', async (scene) => {
    const { store } = scene;
    const id = await startOne(scene, 5);
    await store.tasks.cancel(id);
    await expect(store.tasks.cancel(id)).rejects.toMatchObject({ code: 'INVALID_TRANSITION' });
    expect(await store.credits.balance('u1')).toEqual({ available: 5, held: 0 });
  });

  test('come back when the last lease expires', async (scene) => {
    const { store, clock, submit, register, claim } = scene;
    await store.credits.grant({ userId: 'u1', amount: 5, key: 'k' });
    await submit({ maxAttempts: 1 });
    await register('dead');
    await claim('dead');
    clock.advance(LEASE_MS);
    await store.leases.sweep();
    await store.leases.sweep();
    expect(await store.credits.balance('u1')).toEqual({ available: 5, held: 0 });
  });
}

function testBulk(test: Register): void {
  test('come back for every task of a bulk cancel, and are held for every one of a bulk retry', async (scene) => {
    const { store, submit } = scene;
    await startOne(scene, 7);
    await submit();
    expect(await store.bulk.cancel({ limit: 10 })).toHaveLength(2);
    expect(await store.credits.balance('u1')).toEqual({ available: 7, held: 0 });
    expect(await store.bulk.retry({ limit: 10 })).toHaveLength(2);
    expect(await store.credits.balance('u1')).toEqual({ available: 3, held: 4 });
  });

  test('that do not suffice for all of a bulk retry are held for none', async (scene) => {
    const { store, submit } = scene;
    await startOne(scene, 5);
    await submit();
    const cancelled = await store.bulk.cancel({ limit: 10 });
    await submit();
    await expect(store.bulk.retry({ limit: 10 })).rejects.toMatchObject({ code: 'INSUFFICIENT_CREDITS' });
    expect(await store.credits.balance('u1')).toEqual({ available: 3, held: 2 });
    for (const id of cancelled) {
      expect(await store.tasks.get(id)).toMatchObject({ status: 'cancelled' });
      expect((await store.events.list({ taskId: id })).at(-1)).toMatchObject({ type: 'cancelled' });
    }
    expect(await store.bulk.retry({ limit: 1 })).toEqual(cancelled.slice(0, 1));
  });
}

/** Grants `amount` to `u1`, submits a task and registers the worker `w`. */
async function startOne({ store, submit, register }: Scene, amount: number, idempotencyKey?: string): Promise<string> {
  await store.credits.grant({ userId: 'u1', amount, key: 'start' });
  await register('w');
  return (await submit({ idempotencyKey })).id;
}
