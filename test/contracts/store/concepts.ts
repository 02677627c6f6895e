import { describe, expect } from 'vitest';
import type { Concept } from '../../../src/core/concept.ts';
import { conceptFor } from '../fixtures.ts';
import { isoAt, type MakeStore, type Scene, storeTest } from './harness.ts';

export function testConcepts(make: MakeStore): void {
  const test = storeTest(make);

  describe('concepts', () => {
    test('come back as they were completed, optional parts too', async (scene) => {
      const refinement = {
        prompt: 'warmer',
        parentConceptId: null,
        originalImageUrl: 'https://images.example/panda.png',
        originalImagePath: 'u1/t/0123456789abcdef.png',
        applied: ['warmer'],
        ignored: ['a hat'],
      };
      const concept = await finishOne(scene, 'u1', { scene: null, refinement, variations: [] });
      expect(await scene.store.concepts.get(concept.id)).toEqual(concept);
    });

    test("hide another user's concept", async (scene) => {
      const concept = await finishOne(scene, 'u1');
      expect(await scene.store.concepts.get(concept.id, { userId: 'u2' })).toBeUndefined();
      expect(await scene.store.concepts.get(concept.id, { userId: 'u1' })).toEqual(concept);
      expect(await scene.store.concepts.get('unknown')).toBeUndefined();
    });

    test('are listed newest first, page by page', async (scene) => {
      const { store, clock } = scene;
      const ids: string[] = [];
      for (let index = 0; index < 5; index += 1) {
        ids.unshift((await finishOne(scene, 'u1')).id);
        clock.advance(1);
      }
      const first = await store.concepts.list({ limit: 3 });
      await finishOne(scene, 'u1');
      const second = await store.concepts.list({ limit: 3, cursor: first.nextCursor! });
      expect([...first.concepts, ...second.concepts].map(({ id }) => id)).toEqual(ids);
      expect(second.nextCursor).toBeNull();
    });

    test('are listed by user', async (scene) => {
      await finishOne(scene, 'u1');
      const theirs = await finishOne(scene, 'u2');
      expect(await scene.store.concepts.list({ userId: 'u2' })).toEqual({ concepts: [theirs], nextCursor: null });
    });

    test('are listed within limits', async ({ store }) => {
      const refused = { code: 'INVALID_INPUT', field: 'limit' };
      await expect(store.concepts.list({ limit: 0 })).rejects.toMatchObject(refused);
      await expect(store.concepts.list({ limit: 1_001 })).rejects.toMatchObject(refused);
    });
  });
}

let workers = 0;

async function finishOne(scene: Scene, userId: string, overrides: Partial<Concept> = {}): Promise<Concept> {
  const { store, clock, submit, register, claim } = scene;
  await submit({ userId });
  const workerId = `concepts-${(workers += 1)}`;
  await register(workerId);
  const { task, lease } = await claim(workerId);
  const concept = { ...conceptFor(task, isoAt(clock)), ...overrides };
  await store.leases.complete({ lease, result: { concept, partial: false } });
  return concept;
}
