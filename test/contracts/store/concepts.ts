import { describe, expect } from 'vitest';
import { type MakeStore, storeTest } from './harness.ts';
import { finishConcept } from './steps.ts';

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
      const concept = await finishConcept(scene, { userId: 'u1' }, { scene: null, refinement, variations: [] });
      expect(await scene.store.concepts.get(concept.id)).toEqual(concept);
    });

    test("hide another user's concept", async (scene) => {
      const concept = await finishConcept(scene, { userId: 'u1' });
      expect(await scene.store.concepts.get(concept.id, { userId: 'u2' })).toBeUndefined();
      expect(await scene.store.concepts.get(concept.id, { userId: 'u1' })).toEqual(concept);
      expect(await scene.store.concepts.get('unknown')).toBeUndefined();
    });

    test('are listed newest first, page by page', async (scene) => {
      const { store, clock } = scene;
      const ids: string[] = [];
      for (let index = 0; index < 5; index += 1) {
        ids.unshift((await finishConcept(scene, { userId: 'u1' })).id);
        clock.advance(1);
      }
      const first = await store.concepts.list({ limit: 3 });
      await finishConcept(scene, { userId: 'u1' });
      const second = await store.concepts.list({ limit: 3, cursor: first.nextCursor! });
      expect([...first.concepts, ...second.concepts].map(({ id }) => id)).toEqual(ids);
      expect(second.nextCursor).toBeNull();
    });

    test('are listed by user', async (scene) => {
      await finishConcept(scene, { userId: 'u1' });
      const theirs = await finishConcept(scene, { userId: 'u2' });
      expect(await scene.store.concepts.list({ userId: 'u2' })).toEqual({ concepts: [theirs], nextCursor: null });
    });

    test('are listed within limits', async ({ store }) => {
      const refused = { code: 'INVALID_INPUT', field: 'limit' };
      await expect(store.concepts.list({ limit: 0 })).rejects.toMatchObject(refused);
      await expect(store.concepts.list({ limit: 1_001 })).rejects.toMatchObject(refused);
    });
  });
}
