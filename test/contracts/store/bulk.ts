import { describe, expect } from 'vitest';
import type { TaskSelection } from '../../../src/ports/bulk-changes.ts';
import { providerFailure } from '../fixtures.ts';
import { isoAt, LEASE_MS, type MakeStore, type Scene, storeTest } from './harness.ts';
import { finishConcept, finishFailed, start, submitSome } from './steps.ts';

const ALL = { limit: 1_000 };
const UNKNOWN = providerFailure({ code: 'PROVIDER_OUTCOME_UNKNOWN', retryable: false });
const REFUSED = providerFailure({ code: 'PROVIDER_REFUSED', retryable: false });

export function testBulk(make: MakeStore): void {
  const test = storeTest(make);

  describe('bulk cancel', () => {
    testCancel(test);
  });
  describe('bulk retry', () => {
    testRetry(test);
  });

  describe('bulk changes', () => {
    test('are limited to 1 to 1,000 tasks a call', async ({ store }) => {
      for (const limit of [0, 1_001, 1.5]) {
        const refusal = { code: 'INVALID_INPUT', field: 'limit' };
        await expect(store.bulk.cancel({ limit }), `cancel ${limit}`).rejects.toMatchObject(refusal);
        await expect(store.bulk.retry({ limit }), `retry ${limit}`).rejects.toMatchObject(refusal);
      }
    });

    test('do not start once the signal is aborted', async (scene) => {
      const { store, submit } = scene;
      const { id } = await submit();
      const aborted = store.bulk.cancel(ALL, { signal: AbortSignal.abort() });
      await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' });
      expect(await store.tasks.get(id)).toMatchObject({ status: 'pending' });
    });
  });
}

type Register = ReturnType<typeof storeTest>;

function testCancel(test: Register): void {
  test('ends pending and processing tasks, oldest first, and no others', async (scene) => {
    const { store } = scene;
    const finished = [(await finishConcept(scene)).taskId, (await finishFailed(scene)).id];
    const running = await start(scene);
    const waiting = await submitSome(scene, 2);
    const ids = [running.task.id, ...waiting];
    expect(await store.bulk.cancel(ALL)).toEqual(ids);
    for (const id of ids) {
      expect(await store.tasks.get(id)).toMatchObject({ status: 'cancelled', leaseToken: null });
      expect((await store.events.list({ taskId: id })).at(-1)).toMatchObject({ type: 'cancelled' });
    }
    const beat = { workerId: running.lease.workerId, leaseMs: LEASE_MS, held: [running.lease] };
    expect(await store.workers.heartbeat(beat)).toEqual({ alive: true, lost: [running.lease] });
    expect(await statusesOf(scene, finished)).toEqual(['completed', 'failed']);
    expect(await store.bulk.cancel(ALL)).toEqual([]);
  });

  test('takes the oldest up to its limit, call by call', async (scene) => {
    const ids = await submitSome(scene, 5);
    expect(await scene.store.bulk.cancel({ limit: 2 })).toEqual(ids.slice(0, 2));
    expect(await scene.store.bulk.cancel({ limit: 2 })).toEqual(ids.slice(2, 4));
    expect(await scene.store.bulk.cancel({ limit: 2 })).toEqual(ids.slice(4));
  });

  test('selects by every field', async (scene) => {
    const { store } = scene;
    const retrying = await start(scene, { userId: 'u2' });
    const retryAt = isoAt(scene.clock);
    await store.leases.fail({ lease: retrying.lease, error: providerFailure(), retryAt });
    const running = await start(scene);
    const [typed] = await submitSome(scene, 1, { type: 'refinement' });
    const [batched] = await submitSome(scene, 1, { batchId: 'b1' });
    const cancelled = (selection: Partial<TaskSelection>) => store.bulk.cancel({ ...ALL, ...selection });
    expect(await cancelled({ status: 'completed' })).toEqual([]);
    expect(await cancelled({ userId: 'u3' })).toEqual([]);
    expect(await cancelled({ userId: 'u2', batchId: 'b1' })).toEqual([]);
    expect(await cancelled({ errorCode: 'PROVIDER_FAILED' })).toEqual([retrying.task.id]);
    expect(await cancelled({ status: 'processing' })).toEqual([running.task.id]);
    expect(await cancelled({ type: 'refinement', userId: 'u1' })).toEqual([typed]);
    expect(await cancelled({ batchId: 'b1', type: 'generation', status: 'pending' })).toEqual([batched]);
  });
}

function testRetry(test: Register): void {
  test('puts failed and cancelled tasks back in line, oldest first, and no others', async (scene) => {
    const { store } = scene;
    const failed = await finishFailed(scene);
    const completed = await finishConcept(scene);
    const { id: cancelled } = await scene.submit();
    await store.tasks.cancel(cancelled);
    const { id: pending } = await scene.submit();
    expect(await store.bulk.retry(ALL)).toEqual([failed.id, cancelled]);
    const tasks = await Promise.all([failed.id, cancelled].map((id) => store.tasks.get(id)));
    expect(tasks).toMatchObject([
      { status: 'pending', attempt: 0, error: providerFailure() },
      { status: 'pending', attempt: 0, error: null },
    ]);
    const events = await store.events.list({ taskId: failed.id });
    expect(events.at(-1)).toMatchObject({ type: 'retried', data: { error: providerFailure() } });
    expect(await statusesOf(scene, [completed.taskId, pending])).toEqual(['completed', 'pending']);
    expect(await store.bulk.retry(ALL)).toEqual([]);
  });

  test('takes the oldest up to its limit, call by call', async (scene) => {
    const ids = await submitSome(scene, 3);
    await scene.store.bulk.cancel(ALL);
    expect(await scene.store.bulk.retry({ limit: 2 })).toEqual(ids.slice(0, 2));
    expect(await scene.store.bulk.retry({ limit: 2 })).toEqual(ids.slice(2));
  });

  test('leaves paid calls of unknown outcome alone until they are named', async (scene) => {
    const { store } = scene;
    const unknown = await finishFailed(scene, { batchId: 'b1' }, UNKNOWN);
    const failed = await finishFailed(scene, { batchId: 'b1' });
    const others = [{}, { batchId: 'b1' }, { status: 'failed' }, { errorCode: 'PROVIDER_FAILED' }] as const;
    const first = await store.bulk.retry({ ...others[1], limit: 1 });
    for (const selection of others) expect(await store.bulk.retry({ ...ALL, ...selection })).toEqual([]);
    expect(first).toEqual([failed.id]);
    expect(await store.tasks.get(unknown.id)).toMatchObject({ status: 'failed', error: UNKNOWN });
    const named = { ...ALL, errorCode: 'PROVIDER_OUTCOME_UNKNOWN', batchId: 'b1' } as const;
    expect(await store.bulk.retry(named)).toEqual([unknown.id]);
    // Started on purpose and cancelled before it ran: no call of unknown outcome is left to pay for.
    await store.tasks.cancel(unknown.id);
    expect(await store.bulk.retry(ALL)).toEqual([unknown.id]);
  });

  test('selects by every field', async (scene) => {
    const { store } = scene;
    const refused = await finishFailed(scene, { batchId: 'b1' }, REFUSED);
    const typed = await finishFailed(scene, { type: 'refinement', batchId: 'b1' });
    const theirs = await finishFailed(scene, { userId: 'u2' });
    const [cancelled] = await submitSome(scene, 1);
    await store.tasks.cancel(cancelled!);
    const retried = (selection: Partial<TaskSelection>) => store.bulk.retry({ ...ALL, ...selection });
    expect(await retried({ status: 'pending' })).toEqual([]);
    expect(await retried({ batchId: 'b2' })).toEqual([]);
    expect(await retried({ errorCode: 'PROVIDER_REFUSED', batchId: 'b1' })).toEqual([refused.id]);
    expect(await retried({ type: 'refinement', errorCode: 'PROVIDER_FAILED' })).toEqual([typed.id]);
    expect(await retried({ status: 'cancelled', userId: 'u1' })).toEqual([cancelled]);
    expect(await retried({ userId: 'u2' })).toEqual([theirs.id]);
  });
}

async function statusesOf({ store }: Scene, ids: readonly string[]): Promise<(string | undefined)[]> {
  const tasks = await Promise.all(ids.map((id) => store.tasks.get(id)));
  return tasks.map((task) => task?.status);
}
