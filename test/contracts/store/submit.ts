import { describe, expect } from 'vitest';
import { generationInput, newTask } from '../fixtures.ts';
import { isoAt, type MakeStore, storeTest } from './harness.ts';

export function testSubmit(make: MakeStore): void {
  const test = storeTest(make);

  describe('submit', () => {
    test('records a pending task with its life-cycle fields', async ({ store, clock }) => {
      const { inputHash: _hash, ...given } = newTask(clock, { priority: 5, batchId: 'b1', idempotencyKey: 'k1' });
      const { task, created } = await store.tasks.submit({ ...given, inputHash: _hash });
      expect(created).toBe(true);
      expect(task).toEqual({
        ...given,
        status: 'pending',
        runAt: isoAt(clock),
        attempt: 0,
        progress: null,
        error: null,
        resultId: null,
        partial: false,
        leaseToken: null,
        leaseOwner: null,
        publishedAt: null,
        createdAt: isoAt(clock),
        updatedAt: isoAt(clock),
        startedAt: null,
        completedAt: null,
      });
      expect(await store.tasks.get(task.id)).toEqual(task);
    });

    test('keeps a later run_at', async ({ submit, clock }) => {
      const runAt = isoAt(clock, 60_000);
      expect(await submit({ runAt })).toMatchObject({ runAt, createdAt: isoAt(clock) });
    });

    test('gives the same task for the same key and user, whatever became of it', async ({ store, clock }) => {
      const first = await store.tasks.submit(newTask(clock, { idempotencyKey: 'k' }));
      await store.tasks.cancel(first.task.id);
      const second = await store.tasks.submit(newTask(clock, { idempotencyKey: 'k' }));
      expect(second).toMatchObject({ created: false, task: { id: first.task.id, status: 'cancelled' } });
      expect((await store.tasks.list({})).tasks).toHaveLength(1);
    });

    test('keeps the keys of two users apart', async ({ store, clock }) => {
      await store.tasks.submit(newTask(clock, { idempotencyKey: 'k', userId: 'u1' }));
      const other = await store.tasks.submit(newTask(clock, { idempotencyKey: 'k', userId: 'u2' }));
      expect(other.created).toBe(true);
    });

    test('refuses another input under the same key, naming the key, the task and both inputs', async (scene) => {
      const { store, clock } = scene;
      const first = newTask(clock, { idempotencyKey: 'order-7' });
      await store.tasks.submit(first);
      const changed = newTask(clock, { idempotencyKey: 'order-7', input: generationInput({ seed: 8 }) });
      const refusal = await store.tasks.submit(changed).catch((thrown: unknown) => thrown);
      expect(refusal).toMatchObject({
        code: 'IDEMPOTENCY_CONFLICT',
        field: 'idempotencyKey',
        hint: expect.any(String),
      });
      const { message } = refusal as Error;
      expect(message).toMatch(new RegExp(`order-7.*${first.id}.*differ`));
      for (const { inputHash } of [first, changed]) expect(message).toContain(inputHash.slice(0, 8));
      expect(message).not.toContain('\n');
      expect((await store.tasks.list({})).tasks).toHaveLength(1);
    });

    test('compares inputs by their hash', async ({ store, clock }) => {
      const first = newTask(clock, { idempotencyKey: 'k' });
      await store.tasks.submit(first);
      const { inputHash } = first;
      const reworded = newTask(clock, { idempotencyKey: 'k', input: generationInput({ seed: 8 }), inputHash });
      expect(await store.tasks.submit(reworded)).toMatchObject({ created: false, task: { id: first.id } });
    });

    test('makes one task of concurrent submits under one key', async ({ store, clock }) => {
      const submits = Array.from({ length: 8 }, () => store.tasks.submit(newTask(clock, { idempotencyKey: 'same' })));
      const outcomes = await Promise.all(submits);
      expect(new Set(outcomes.map(({ task }) => task.id)).size).toBe(1);
      expect(outcomes.filter(({ created }) => created)).toHaveLength(1);
    });

    test('refuses an id that is taken', async ({ store, clock, submit }) => {
      const { id } = await submit();
      await expect(store.tasks.submit(newTask(clock, { id }))).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        field: 'id',
      });
    });

    test('does not start once the signal is aborted', async ({ store, clock }) => {
      const task = newTask(clock);
      await expect(store.tasks.submit(task, { signal: AbortSignal.abort() })).rejects.toMatchObject({
        code: 'ABORTED',
      });
      expect(await store.tasks.get(task.id)).toBeUndefined();
    });
  });

  describe('submitMany', () => {
    test('submits in order and repeats within one call give one task', async ({ store, clock }) => {
      const [a, b, c] = [
        newTask(clock),
        newTask(clock, { idempotencyKey: 'k' }),
        newTask(clock, { idempotencyKey: 'k' }),
      ];
      const outcomes = await store.tasks.submitMany([a, b, c]);
      expect(outcomes.map(({ task }) => task.id)).toEqual([a.id, b.id, b.id]);
      expect(outcomes.map(({ created }) => created)).toEqual([true, true, false]);
    });

    test('submits all or nothing', async ({ store, clock, submit }) => {
      const { id } = await submit({ idempotencyKey: 'k' });
      const good = newTask(clock, { idempotencyKey: 'good' });
      const bad = newTask(clock, { idempotencyKey: 'k', inputHash: 'another' });
      await expect(store.tasks.submitMany([good, bad])).rejects.toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
      expect((await store.tasks.list({})).tasks.map((task) => task.id)).toEqual([id]);
      expect(await store.tasks.counts({})).toMatchObject({ pending: 1, due: 1 });
      expect(await store.events.list({ taskId: good.id })).toEqual([]);
      expect((await store.tasks.submit(good)).created).toBe(true);
    });

    test('takes an empty list', async ({ store }) => {
      expect(await store.tasks.submitMany([])).toEqual([]);
    });
  });
}
