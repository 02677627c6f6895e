import { describe, expect } from 'vitest';
import type { TaskResult } from '../../../src/ports/task-leases.ts';
import { conceptFor } from '../fixtures.ts';
import { isoAt, type MakeStore, type Scene, storeTest } from './harness.ts';
import { dataResultFor, finishConcept, start } from './steps.ts';

/** In bytes, where a letter has one and a Chinese character three. */
const TOO_LARGE = { letters: 'x'.repeat(1_010_000), characters: '界'.repeat(340_000) } as const;
const LARGE = 'x'.repeat(980_000);

export function testResults(make: MakeStore): void {
  const test = storeTest(make);

  describe('results', () => {
    test('of types that make no concept come back as they were completed', async (scene) => {
      const { store, clock } = scene;
      const { task, lease } = await start(scene, { type: 'refinement' });
      const result = dataResultFor(task);
      clock.advance(70);
      await expect(store.leases.complete({ lease, result })).resolves.toBeUndefined();
      expect(await store.results.get(task.id)).toEqual(result);
      expect(await store.tasks.get(task.id)).toMatchObject({
        status: 'completed',
        resultId: task.id,
        partial: false,
        error: null,
        leaseToken: null,
        leaseOwner: null,
        completedAt: isoAt(clock),
      });
      expect(await store.concepts.get(task.id)).toBeUndefined();
      expect(await store.concepts.list({})).toMatchObject({ concepts: [] });
    });

    test('that are partial say so', async (scene) => {
      const { store } = scene;
      const { task, lease } = await start(scene);
      const result = dataResultFor(task, { partial: true, files: [], data: {} });
      await store.leases.complete({ lease, result });
      expect(await store.results.get(task.id)).toEqual(result);
      expect(await store.tasks.get(task.id)).toMatchObject({ status: 'completed', partial: true });
      expect((await store.events.list({ taskId: task.id })).at(-1)).toMatchObject({
        type: 'completed',
        data: { resultId: task.id, partial: true },
      });
    });

    test('are missing for unknown and unfinished tasks, and for those that made a concept', async (scene) => {
      const { store } = scene;
      const { task } = await start(scene);
      const concept = await finishConcept(scene);
      for (const id of ['unknown', task.id, concept.taskId]) expect(await store.results.get(id)).toBeUndefined();
    });

    testSizes(test);
  });
}

type Register = ReturnType<typeof storeTest>;

function testSizes(test: Register): void {
  for (const [unit, text] of Object.entries(TOO_LARGE)) {
    test(`with too many ${unit} are refused, and nothing is written`, async (scene) => {
      const { store } = scene;
      const { task, lease } = await start(scene);
      const before = await recordsOf(scene, task.id);
      for (const result of bothKinds(scene, task, text)) {
        await expect(store.leases.complete({ lease, result })).rejects.toMatchObject({
          code: 'RESULT_TOO_LARGE',
          retryable: false,
          hint: expect.any(String),
        });
        expect(await recordsOf(scene, task.id)).toEqual(before);
      }
      await store.leases.complete({ lease, result: dataResultFor(task) });
      expect(await store.tasks.get(task.id)).toMatchObject({ status: 'completed' });
    });
  }

  test('just below the limit are kept whole', async (scene) => {
    const { store } = scene;
    const concept = await finishConcept(scene, {}, { warnings: [LARGE] });
    expect(await store.concepts.get(concept.id)).toEqual(concept);
    const { task, lease } = await start(scene);
    const result = dataResultFor(task, { data: { text: LARGE } });
    await store.leases.complete({ lease, result });
    expect(await store.results.get(task.id)).toEqual(result);
  });
}

function bothKinds({ clock }: Scene, task: { id: string; userId: string }, text: string): readonly TaskResult[] {
  const concept = { ...conceptFor(task, isoAt(clock)), warnings: [text] };
  return [{ concept, partial: false }, dataResultFor(task, { data: { text } })];
}

async function recordsOf({ store }: Scene, taskId: string): Promise<unknown> {
  return {
    task: await store.tasks.get(taskId),
    events: await store.events.list({ taskId }),
    concept: await store.concepts.get(taskId),
    result: await store.results.get(taskId),
  };
}
