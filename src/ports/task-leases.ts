import type { ClaimLimits } from '../core/claim-limits.ts';
import type { Concept, StoredImage } from '../core/concept.ts';
import type { NewTaskEvent } from '../core/event.ts';
import type { Lease, ProcessingTask, Task, TaskError, TaskProgress, TaskType } from '../core/task.ts';
import type { TaskMessage } from './task-queue.ts';
import type { CallOptions } from './task-store.ts';

export interface ClaimRequest {
  readonly workerId: string;
  /** Only these types; all when left out. */
  readonly types?: readonly TaskType[] | undefined;
  /** Only this task (a delivery that names it). */
  readonly taskId?: string | undefined;
  /**
   * With `taskId`: what the delivery says. Taken for the task's input where its row has none and its user is the row's, also when
   * the task is not to be had now. @throws INVALID_INPUT when the type is not the row's.
   */
  readonly message?: TaskMessage | undefined;
  /** At most so many, from 1. */
  readonly limit: number;
  /**
   * Beyond `limit`, this many tasks to hold until a slot is free, default 0. Only tasks that never ran are taken ahead, and one
   * whose worker dies before anything was recorded about it has not used up an attempt.
   */
  readonly ahead?: number | undefined;
  /** The image provider that the worker would use: what `limits.perProvider` counts. */
  readonly provider?: string | undefined;
  /** How many tasks may be processing at once, over all workers; nothing is limited when left out. */
  readonly limits?: ClaimLimits | undefined;
}

/** The output of a finished stage, kept so that a later attempt resumes after it. */
export interface Checkpoint {
  readonly stage: string;
  /** JSON. Image bytes are not kept here: they are in the blob store before the checkpoint is written. */
  readonly data: unknown;
}

export interface ClaimedTask {
  readonly task: ProcessingTask;
  readonly lease: Lease;
  /** Of earlier attempts, in the order they were written. */
  readonly checkpoints: readonly Checkpoint[];
}

/** What a finished task leaves; written with the task row in one transaction. At most {@link MAX_RESULT_BYTES} as JSON. */
export type TaskResult = ConceptResult | DataResult;

export interface ConceptResult {
  readonly concept: Concept;
  readonly partial: boolean;
}

/** The result of a task type that makes no concept. */
export interface DataResult {
  /** JSON. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Every image or document that `data` tells of. */
  readonly files: readonly StoredImage[];
  readonly partial: boolean;
}

export interface FailRequest {
  readonly lease: Lease;
  readonly error: TaskError;
  /** ISO 8601: run again then. Null: the task fails for good. */
  readonly retryAt: string | null;
}

export interface SweepReport {
  /** Tasks whose lease had run out and that are in line again. */
  readonly returned: number;
  /** Tasks whose lease had run out on their last attempt, or on their closing run. */
  readonly failed: number;
}

/**
 * A worker's right to its tasks. Every write carries the lease token and is refused with LEASE_LOST once that is stale:
 * the lease ran out, or the task was cancelled. A refused write changes nothing. Leases end by the monotonic clock: setting the
 * wall clock neither ends nor prolongs one. The writes of one process take effect in the order of their calls.
 */
export interface TaskLeases {
  /**
   * Takes due pending tasks, highest priority first, then the users in turn, each user's oldest first; each with a fresh token.
   * A live worker only: one whose registration ran out gets LEASE_LOST and must register under a new id. No two calls ever get
   * the same task. A task whose stored input is damaged is failed with STORE_CORRUPT and passed over.
   */
  claim(request: ClaimRequest, options?: CallOptions): Promise<readonly ClaimedTask[]>;

  /** Appends events, and sets the progress when one is given. */
  record(
    request: { readonly lease: Lease; readonly events: readonly NewTaskEvent[]; readonly progress?: TaskProgress },
    options?: CallOptions,
  ): Promise<void>;

  /**
   * Stores a stage's output (replacing an earlier one of that stage) for the attempts to come.
   * @param request.mayRepeat a power cut may take it back: repeating the stage costs nothing but time. Default false.
   */
  checkpoint(
    request: { readonly lease: Lease; readonly checkpoint: Checkpoint; readonly mayRepeat?: boolean | undefined },
    options?: CallOptions,
  ): Promise<void>;

  /**
   * Writes the result and the completed task row in one transaction; captures the credits.
   * @throws RESULT_TOO_LARGE before anything is written.
   */
  complete(request: { readonly lease: Lease; readonly result: TaskResult }, options?: CallOptions): Promise<void>;

  /** Ends the attempt: in line again at `retryAt`, or failed for good (credits are refunded). */
  fail(request: FailRequest, options?: CallOptions): Promise<Task>;

  /** Gives an unfinished task back; the attempt does not count and the next worker may take it at once. */
  release(lease: Lease, options?: CallOptions): Promise<Task>;

  /**
   * Returns or fails every task whose worker's registration has run out. One whose last attempt it was comes back all the same when
   * a checkpoint of `PARTS_STAGE` is there: for one closing run, an attempt beyond `maxAttempts`. Safe to run from anywhere, at any time.
   */
  sweep(options?: CallOptions): Promise<SweepReport>;
}
