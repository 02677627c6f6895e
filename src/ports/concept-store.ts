import type { Concept } from '../core/concept.ts';
import type { CallOptions } from './task-store.ts';

export interface ConceptPage {
  /** Newest first. */
  readonly concepts: readonly Concept[];
  readonly nextCursor: string | null;
}

/** Reading side of finished concepts; they are written by `TaskLeases.complete`. */
export interface ConceptStore {
  /** Undefined when there is none, or when it belongs to another user than `userId`. */
  get(
    conceptId: string,
    options?: CallOptions & { readonly userId?: string | undefined },
  ): Promise<Concept | undefined>;

  list(
    query: {
      readonly userId?: string | undefined;
      readonly limit?: number | undefined;
      readonly cursor?: string | undefined;
    },
    options?: CallOptions,
  ): Promise<ConceptPage>;
}
