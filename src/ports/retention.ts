import type { CallOptions } from './task-store.ts';

/** A finished task as garbage collection sees it. */
export interface FinishedTask {
  readonly taskId: string;
  readonly completedAt: string;
  /** Size of its images, as its records tell it. */
  readonly bytes: number;
  /** Kept whatever its age. */
  readonly pinned: boolean;
  /** An unfinished task works from its images. */
  readonly inUse: boolean;
}

export interface RemovedTask {
  readonly taskId: string;
  /** Blobs that no record names any more. */
  readonly paths: readonly string[];
}

/** What may be thrown away, and throwing it away. */
export interface Retention {
  /** Pinned tasks are never removed. @throws TASK_NOT_FOUND */
  pin(taskId: string, pinned: boolean, options?: CallOptions & { readonly userId?: string | undefined }): Promise<void>;

  /** Finished tasks, newest first; pages of at most 1,000. */
  finished(
    page: { readonly cursor?: string | undefined; readonly limit: number },
    options?: CallOptions,
  ): Promise<{ readonly tasks: readonly FinishedTask[]; readonly nextCursor: string | null }>;

  /**
   * Removes tasks with everything recorded about them, in one transaction; those that are no longer finished, are pinned or in
   * use are left alone. At most 1,000 a call.
   */
  remove(taskIds: readonly string[], options?: CallOptions): Promise<readonly RemovedTask[]>;

  /** Those of the paths that some record names, or that lie in the folder of an unfinished or failed task. At most 1,000 a call. */
  referenced(paths: readonly string[], options?: CallOptions): Promise<readonly string[]>;

  /** Forgets workers that ended before the time (ISO 8601) and other records that serve nothing any more. @returns how many. */
  prune(before: string, options?: CallOptions): Promise<number>;
}
