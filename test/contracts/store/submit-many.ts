import { describe, expect } from 'vitest';
import type { NewTask } from '../../../src/core/task.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { generationInput, newTask } from '../fixtures.ts';
import { isoAt, type MakeStore, type Scene, storeTest } from './harness.ts';
import { claimIds } from './steps.ts';

/** More than a store writes with a few statements, and no multiple of what it writes with one. */
const MANY = 67;

type Overrides = (index: number, clock: Clock) => Partial<NewTask>;

const MIXTURES: Readonly<Record<string, Overrides>> = {
  'all alike': () => ({}),
  'all of one batch': () => ({ batchId: 'b1' }),
  'all with keys': (index) => ({ idempotencyKey: `k${index}` }),
  'all for later': (_, clock) => ({ runAt: isoAt(clock, 60_000) }),
  'one of them for later': (index, clock) => (index === 30 ? { runAt: isoAt(clock, 60_000) } : {}),
  'users, priorities and attempts by turns': (index) => ({
    userId: `u${index % 3}`,
    priority: index % 2,
    maxAttempts: 1 + (index % 4),
  }),
  'some with pictures': (index) => (index % 10 === 9 ? { type: 'refinement' } : {}),
  'batches and keys by turns': (index) => ({
    ...(index % 5 < 2 && { batchId: `b${index % 2}` }),
    ...(index % 3 === 0 && { idempotencyKey: `k${index}` }),
  }),
};

/** Stores may write several rows at once: nobody must see that. */
export function testSubmitMany(make: MakeStore): void {
  const test = storeTest(make);

  describe('many tasks in one call', () => {
    for (const [title, overrides] of Object.entries(MIXTURES)) {
      test(`are read as they were answered: ${title}`, async (scene) => {
        const tasks = manyTasks(scene, overrides);
        await expectReadAsAnswered(scene, tasks);
        await expectCounted(scene, tasks);
      });
    }

    test('are served in turn by their users, also with those of later calls', async (scene) => {
      const { store, clock, register } = scene;
      const some = (userId: string, count: number): readonly NewTask[] =>
        Array.from({ length: count }, () => newTask(clock, { userId }));
      const [a, b, later] = [some('a', 30), some('b', 3), some('a', 2)];
      await store.tasks.submitMany([...a, ...b]);
      await store.tasks.submitMany(later);
      await register('w');
      const inTurn = [...b.flatMap((task, index) => [a[index]!, task]), ...a.slice(b.length), ...later];
      expect(await claimIds(scene, { workerId: 'w', limit: 100 })).toEqual(inTurn.map(({ id }) => id));
    });

    for (const place of [0, 25, MANY - 1]) {
      test(`leave nothing behind when the id at place ${place} is taken`, async (scene) => {
        const { id } = await scene.submit();
        const tasks = manyTasks(scene, (index) => (index === place ? { id } : {}));
        await expectRefused(scene, tasks, id, 1);
        const freed = manyTasks(scene, () => ({}));
        expect(await scene.store.tasks.submitMany(freed)).toHaveLength(MANY);
      });
    }

    test('leave nothing behind when two of them have one id', async (scene) => {
      const tasks = manyTasks(scene, () => ({}));
      const { id } = tasks[3]!;
      await expectRefused(scene, tasks.with(50, { ...tasks[50]!, id }), id, 0);
    });

    test('are refused alone: calls of the same moment go through', async (scene) => {
      const { store } = scene;
      const { id } = await scene.submit();
      const [good, bad, last] = [{}, { id }, {}].map((first) =>
        manyTasks(scene, (index) => (index === 0 ? first : {})),
      );
      const outcomes = await Promise.allSettled([good!, bad!, last!].map((tasks) => store.tasks.submitMany(tasks)));
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(await store.tasks.counts({})).toMatchObject({ pending: 1 + 2 * MANY });
      const inOrder = [id, ...good!.map((task) => task.id), ...last!.map((task) => task.id)];
      expect((await store.tasks.list({ limit: 1_000 })).tasks.map((task) => task.id)).toEqual(inOrder.toReversed());
    });

    test('are copies: what becomes of the given ones is nothing to them', async ({ store, clock }) => {
      const input = generationInput({ seed: 1 });
      const [outcome] = await store.tasks.submitMany([newTask(clock, { input })]);
      Object.assign(input, { seed: 2 });
      expect(outcome!.task.input).toMatchObject({ seed: 1 });
      expect(outcome!.task.input).toStrictEqual((await store.tasks.get(outcome!.task.id))!.input);
    });
  });
}

function manyTasks({ clock }: Scene, overrides: Overrides): NewTask[] {
  return Array.from({ length: MANY }, (_, index) => newTask(clock, overrides(index, clock)));
}

async function expectReadAsAnswered({ store, clock }: Scene, tasks: readonly NewTask[]): Promise<void> {
  const outcomes = await store.tasks.submitMany(tasks);
  expect(outcomes.map(({ task }) => task.id)).toEqual(tasks.map(({ id }) => id));
  for (const [index, { task, created }] of outcomes.entries()) {
    const { inputHash: _hash, runAt = isoAt(clock), ...given } = tasks[index]!;
    expect(created).toBe(true);
    expect(task).toMatchObject({ ...given, runAt, createdAt: isoAt(clock), attempt: 0, status: 'pending' });
    expect(await store.tasks.get(task.id)).toEqual(task);
    expect(await store.events.list({ taskId: task.id })).toMatchObject([{ seq: 1, type: 'submitted' }]);
  }
}

async function expectCounted({ store, clock }: Scene, tasks: readonly NewTask[]): Promise<void> {
  const due = tasks.filter(({ runAt }) => runAt === undefined || runAt <= isoAt(clock)).length;
  expect(await store.tasks.counts({})).toMatchObject({ pending: tasks.length, due });
  for (const batchId of new Set(tasks.map((task) => task.batchId))) {
    if (batchId === undefined) continue;
    const pending = tasks.filter((task) => task.batchId === batchId).length;
    expect(await store.tasks.counts({ batchId })).toMatchObject({ pending });
  }
}

async function expectRefused({ store }: Scene, tasks: readonly NewTask[], id: string, before: number): Promise<void> {
  await expect(store.tasks.submitMany(tasks)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    field: 'id',
    message: expect.stringContaining(id),
  });
  expect(await store.tasks.counts({})).toMatchObject({ pending: before, due: before });
  expect((await store.tasks.list({})).tasks).toHaveLength(before);
}
