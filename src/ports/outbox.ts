import type { TaskError } from '../core/task.ts';
import type { TaskMessage } from './task-queue.ts';
import type { CallOptions } from './task-store.ts';

export interface TakeRequest {
  /** At most so many, from 1. */
  readonly limit: number;
  /** Rows changed more recently are left to whoever is about to publish them. */
  readonly unpublishedForMs: number;
  /** A task that is still in line so long after it was published is published again: its message may be lost. */
  readonly republishAfterMs: number;
}

/**
 * `failed`: it has failed with the reason. `left`: another worker has it, or it is final. `unknown`: there is no such task.
 */
export type RefusalOutcome = 'failed' | 'left' | 'unknown';

/** The task rows as the outbox of a queue: what has to be published, and what comes of a message that cannot be used. */
export interface Outbox {
  /**
   * Due pending tasks that are to be published, longest unpublished first; they count as published from now on, so that no two
   * callers get the same. Tasks without an input are passed over. What was published before its run_at was published in vain.
   */
  take(request: TakeRequest, options?: CallOptions): Promise<readonly TaskMessage[]>;

  /** Publishing failed: they are unpublished again, and any caller's next `take` may have them. */
  giveBack(taskIds: readonly string[], options?: CallOptions): Promise<void>;

  /** They have been published just now, past the outbox. Those that are not in line are left. */
  published(taskIds: readonly string[], options?: CallOptions): Promise<void>;

  /** Fails a pending task whose message is no valid input; an attempt could never begin. Credits are refunded. */
  refuse(
    request: { readonly taskId: string; readonly error: TaskError },
    options?: CallOptions,
  ): Promise<RefusalOutcome>;
}
