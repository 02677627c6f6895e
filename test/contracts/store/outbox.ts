import { describe, expect } from 'vitest';
import type { TakeRequest } from '../../../src/ports/outbox.ts';
import type { Store } from '../../../src/ports/store.ts';
import { generationInput, providerFailure } from '../fixtures.ts';
import { isoAt, LEASE_MS, type MakeStore, type Scene, storeTest } from './harness.ts';
import { start, submitSome } from './steps.ts';

const AT_ONCE: TakeRequest = { limit: 100, unpublishedForMs: 0, republishAfterMs: 300_000 };
const COST = 3;
const POISON = { code: 'INVALID_INPUT', message: 'num_palettes: must be a number', retryable: false } as const;

export function testOutbox(make: MakeStore): void {
  const test = storeTest(make);
  const creditTest = storeTest(make, { generation: COST, refinement: COST, coloring: COST, rendition: COST });

  describe('outbox', () => {
    test('gives what was never published, oldest first, with all that a message says', async ({ store, submit }) => {
      const first = await submit({ userId: 'u1', input: generationInput({ numPalettes: 5 }) });
      const second = await submit({ userId: 'u2', type: 'refinement' });
      expect(await store.outbox.take(AT_ONCE)).toEqual([
        { taskId: first.id, userId: 'u1', type: 'generation', input: first.input },
        { taskId: second.id, userId: 'u2', type: 'refinement', input: second.input },
      ]);
    });

    test('gives a task to one caller, and marks it published', async (scene) => {
      const { store, clock } = scene;
      const ids = await submitSome(scene, 20);
      const taken = await Promise.all(Array.from({ length: 5 }, () => takeIds(store, { limit: 7 })));
      expect(taken.flat().toSorted()).toEqual(ids.toSorted());
      expect(await store.tasks.get(ids[0]!)).toMatchObject({ status: 'pending', publishedAt: isoAt(clock) });
      expect(await takeIds(store)).toEqual([]);
    });

    test('leaves fresh tasks to their submitter for a while', async ({ store, clock, submit }) => {
      const { id } = await submit();
      clock.advance(1_999);
      expect(await takeIds(store, { unpublishedForMs: 2_000 })).toEqual([]);
      clock.advance(1);
      expect(await takeIds(store, { unpublishedForMs: 2_000 })).toEqual([id]);
    });

    test('passes over what was published past it', async ({ store, clock, submit }) => {
      const { id } = await submit();
      await store.outbox.published([id]);
      expect(await store.tasks.get(id)).toMatchObject({ publishedAt: isoAt(clock), updatedAt: isoAt(clock) });
      expect(await takeIds(store)).toEqual([]);
    });

    test('gives again what was given back', async (scene) => {
      const { store } = scene;
      const [kept, givenBack] = await submitSome(scene, 2);
      expect(await takeIds(store)).toEqual([kept, givenBack]);
      await store.outbox.giveBack([givenBack!]);
      expect(await store.tasks.get(givenBack!)).toMatchObject({ publishedAt: null });
      expect(await takeIds(store)).toEqual([givenBack]);
    });

    test('gives again what is still in line long after it was published', async ({ store, clock, submit }) => {
      const { id } = await submit();
      await store.outbox.published([id]);
      clock.advance(AT_ONCE.republishAfterMs - 1);
      expect(await takeIds(store)).toEqual([]);
      clock.advance(1);
      expect(await takeIds(store)).toEqual([id]);
      expect(await takeIds(store)).toEqual([]);
    });

    test('gives the unpublished before those that were published long ago, and no more than asked for', async (scene) => {
      const { store, clock, submit } = scene;
      const { id: silent } = await submit();
      await store.outbox.published([silent]);
      clock.advance(AT_ONCE.republishAfterMs);
      const { id: fresh } = await submit();
      expect(await takeIds(store, { limit: 1 })).toEqual([fresh]);
      expect(await takeIds(store, { limit: 1 })).toEqual([silent]);
    });
  });

  describe('outbox and the life of a task', () => {
    test('gives a delayed task when it is due, even if it was published before', async ({ store, clock, submit }) => {
      const { id: early } = await submit({ runAt: isoAt(clock, 60_000) });
      const { id: late } = await submit({ runAt: isoAt(clock, 60_000) });
      await store.outbox.published([early]);
      expect(await takeIds(store)).toEqual([]);
      clock.advance(60_000);
      expect((await takeIds(store)).toSorted()).toEqual([early, late].toSorted());
      expect(await takeIds(store)).toEqual([]);
    });

    test('gives nothing of tasks that run or are final', async (scene) => {
      const { store } = scene;
      await start(scene);
      const { lease } = await start(scene);
      await store.leases.fail({ lease, error: providerFailure(), retryAt: null });
      const { id } = await scene.submit();
      await store.tasks.cancel(id);
      scene.clock.advance(AT_ONCE.republishAfterMs);
      await store.workers.register({ id: 'w', kind: 'worker', host: 'test', pid: 1, types: null }, LEASE_MS);
      expect(await takeIds(store)).toEqual([]);
      await store.outbox.published([id, lease.taskId]);
      expect(await store.tasks.get(id)).toMatchObject({ status: 'cancelled', publishedAt: null });
    });

    for (const [how, bringBack] of Object.entries(RETURNS)) {
      test(`gives what is in line again: ${how}`, async (scene) => {
        const { store } = scene;
        const { id } = await scene.submit();
        expect(await takeIds(store)).toEqual([id]);
        await bringBack(scene, id);
        expect(await store.tasks.get(id)).toMatchObject({ status: 'pending', publishedAt: null });
        expect(await takeIds(store)).toEqual([id]);
      });
    }

    test('tells a claim when the task was published', async (scene) => {
      const { store, clock, submit, register, claim } = scene;
      const { id } = await submit();
      const publishedAt = isoAt(clock);
      await store.outbox.published([id]);
      clock.advance(5);
      await register('w');
      expect((await claim('w')).task).toMatchObject({ publishedAt });
      expect(await store.tasks.get(id)).toMatchObject({ publishedAt });
    });

    test('takes the input of a task from its row, whatever a message says', async ({ store, submit, register }) => {
      const { id, input } = await submit();
      await register('w');
      const message = { taskId: id, userId: 'u1', type: 'generation', input: generationInput({ seed: 99 }) } as const;
      const [claimed] = await store.leases.claim({ workerId: 'w', limit: 1, taskId: id, message });
      expect(claimed!.task.input).toEqual(input);
    });
  });

  describe('refusing a message', () => {
    test('fails its pending task with the reason, once', async ({ store, clock, submit }) => {
      const { id } = await submit();
      expect(await store.outbox.refuse({ taskId: id, error: POISON })).toBe('failed');
      expect(await store.tasks.get(id)).toMatchObject({
        status: 'failed',
        error: POISON,
        attempt: 0,
        completedAt: isoAt(clock),
      });
      const events = await store.events.list({ taskId: id });
      expect(events.at(-1)).toMatchObject({ type: 'failed', attempt: 0, data: { error: POISON } });
      expect(await store.outbox.refuse({ taskId: id, error: POISON })).toBe('left');
      expect(await store.events.list({ taskId: id })).toEqual(events);
      expect(await takeIds(store)).toEqual([]);
      expect(await store.tasks.counts({})).toMatchObject({ pending: 0, failed: 1 });
    });

    test('fails a task that waits for its time, and one can retry it', async ({ store, clock, submit }) => {
      const { id } = await submit({ runAt: isoAt(clock, 60_000) });
      expect(await store.outbox.refuse({ taskId: id, error: POISON })).toBe('failed');
      expect(await store.tasks.retry(id)).toMatchObject({ status: 'pending', attempt: 0 });
    });

    test('leaves a task that a worker has, and knows nothing of others', async (scene) => {
      const { store, clock } = scene;
      const { lease } = await start(scene);
      expect(await store.outbox.refuse({ taskId: lease.taskId, error: POISON })).toBe('left');
      expect(await store.tasks.get(lease.taskId)).toMatchObject({ status: 'processing' });
      const unknown = '0193a5e0-0000-7000-8000-000000000000';
      expect(await store.outbox.refuse({ taskId: unknown, error: POISON })).toBe('unknown');
      expect(clock.now()).toBeGreaterThan(0);
    });

    creditTest('gives the credits back', async ({ store, submit }) => {
      await store.credits.grant({ userId: 'u1', amount: 10, key: 'k' });
      const { id } = await submit();
      expect(await store.credits.balance('u1')).toMatchObject({ available: 10 - COST });
      await store.outbox.refuse({ taskId: id, error: POISON });
      expect(await store.credits.balance('u1')).toMatchObject({ available: 10, held: 0 });
    });
  });
}

/** The ways of a task back into line. */
const RETURNS: Readonly<Record<string, (scene: Scene, taskId: string) => Promise<void>>> = {
  'its worker died': async (scene, taskId) => {
    await claimBy(scene, 'dying', taskId);
    scene.clock.advance(LEASE_MS);
    await scene.store.leases.sweep();
  },
  'its worker gave it back': async (scene, taskId) => {
    const { lease } = await claimBy(scene, 'leaving', taskId);
    await scene.store.leases.release(lease);
  },
  'its retry is due': async (scene, taskId) => {
    const { lease } = await claimBy(scene, 'failing', taskId);
    await scene.store.leases.fail({ lease, error: providerFailure(), retryAt: isoAt(scene.clock, 5_000) });
    expect(await takeIds(scene.store)).toEqual([]);
    scene.clock.advance(5_000);
  },
  'it was retried by hand': async ({ store }, taskId) => {
    await store.tasks.cancel(taskId);
    await store.tasks.retry(taskId);
  },
  'it was retried with others': async ({ store }, taskId) => {
    await store.tasks.cancel(taskId);
    await store.bulk.retry({ status: 'cancelled', limit: 10 });
  },
};

async function claimBy({ store, register }: Scene, workerId: string, taskId: string) {
  await register(workerId);
  const [claimed] = await store.leases.claim({ workerId, taskId, limit: 1 });
  return claimed!;
}

async function takeIds(store: Store, overrides: Partial<TakeRequest> = {}): Promise<string[]> {
  const messages = await store.outbox.take({ ...AT_ONCE, ...overrides });
  return messages.map(({ taskId }) => taskId);
}
