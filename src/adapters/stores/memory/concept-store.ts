import type { ConceptStore } from '../../../ports/concept-store.ts';
import { pageOf } from './page.ts';
import { jsonCopy, type MemoryState, transact } from './state.ts';

export function memoryConceptStore(state: MemoryState): ConceptStore {
  return {
    get: (conceptId, options) =>
      transact(state, options, () => {
        const concept = state.concepts.get(conceptId)?.concept;
        if (!concept || (options?.userId !== undefined && concept.userId !== options.userId)) return undefined;
        return jsonCopy(concept);
      }),
    list: ({ userId, limit, cursor }, options) =>
      transact(state, options, () => {
        const visible = [...state.concepts.values()].filter(
          ({ concept }) => userId === undefined || concept.userId === userId,
        );
        const { rows, nextCursor } = pageOf(visible, { limit, cursor });
        return { concepts: rows.map(({ concept }) => jsonCopy(concept)), nextCursor };
      }),
  };
}
