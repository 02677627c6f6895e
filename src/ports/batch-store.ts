import type { CallOptions, TaskCounts } from './task-store.ts';

/** Tasks that were submitted together. */
export interface Batch {
  readonly id: string;
  readonly userId: string;
  /** Unique among the user's batches. */
  readonly name: string;
  readonly createdAt: string;
}

export interface BatchSummary extends Batch {
  readonly total: number;
  readonly counts: TaskCounts;
}

/** Batches as their owners see them; a task belongs to one by its `batchId`. */
export interface BatchStore {
  /** The user's batch of this name; recorded under `id` when there is none yet, also under concurrent calls. */
  open(batch: Omit<Batch, 'createdAt'>, options?: CallOptions): Promise<Batch>;

  /** By id or by name; undefined when there is none, or when it belongs to another user than `userId`. Newest first among names. */
  get(
    idOrName: string,
    options?: CallOptions & { readonly userId?: string | undefined },
  ): Promise<BatchSummary | undefined>;
}
