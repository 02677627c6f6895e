import type { ErrorCode } from '../core/errors.ts';
import type { NewTask, Task, TaskStatus, TaskType } from '../core/task.ts';

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface SubmitOutcome {
  readonly task: Task;
  /** False when the idempotency key named a task that was already there. */
  readonly created: boolean;
}

export interface TaskQuery {
  readonly userId?: string | undefined;
  readonly status?: TaskStatus | undefined;
  readonly type?: TaskType | undefined;
  readonly batchId?: string | undefined;
  /** Only tasks whose error has this code. */
  readonly errorCode?: ErrorCode | undefined;
  /** 1 to 1,000, default 50. */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
}

export interface TaskPage {
  /** Newest first. */
  readonly tasks: readonly Task[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

/** How many tasks are in which state; the pending ones told apart by what they wait for. */
export interface TaskCounts {
  readonly pending: number;
  /** Of the pending: their run_at has come. */
  readonly due: number;
  /** Of the pending, not due: a failed attempt waits for its next one. */
  readonly retrying: number;
  readonly processing: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
}

export interface CountQuery {
  readonly types?: readonly TaskType[] | undefined;
  readonly batchId?: string | undefined;
}

/** Task records as their owners see them. Every method rejects with STORE_UNAVAILABLE while the store is away. */
export interface TaskStore {
  /**
   * Records a task, its `submitted` event and (with credits on) its hold in one transaction. Once this resolves the task
   * survives a crash. The same idempotency key and user give the same task, also under concurrent calls.
   * @throws IDEMPOTENCY_CONFLICT when the key belongs to a task with a different input; INSUFFICIENT_CREDITS;
   * INVALID_INPUT (field `id`) when the id is taken.
   */
  submit(task: NewTask, options?: CallOptions): Promise<SubmitOutcome>;

  /** All or nothing: like {@link submit} for each, in order, in one transaction. */
  submitMany(tasks: readonly NewTask[], options?: CallOptions): Promise<readonly SubmitOutcome[]>;

  /** Undefined when there is none, or when it belongs to another user than `userId`. */
  get(taskId: string, options?: CallOptions & { readonly userId?: string | undefined }): Promise<Task | undefined>;

  /**
   * A page of tasks, newest first; pages neither repeat nor skip a task that existed when the first was read.
   * @throws INVALID_INPUT naming `limit` or `cursor`.
   */
  list(query: TaskQuery, options?: CallOptions): Promise<TaskPage>;

  /**
   * Ends a pending or processing task as cancelled and refunds its hold; its worker's lease is void from then on.
   * @throws TASK_NOT_FOUND (also for another user's task); INVALID_TRANSITION when it is already final.
   */
  cancel(taskId: string, options?: CallOptions & { readonly userId?: string | undefined }): Promise<Task>;

  /**
   * Puts a failed or cancelled task back in line with a full set of attempts. Its checkpoints stay, save open intents
   * (`core/checkpoint-intent.ts`): asking again is consent to pay again. Its error stays until an attempt says otherwise.
   * @throws TASK_NOT_FOUND (also for another user's task); INVALID_TRANSITION in any other state.
   */
  retry(taskId: string, options?: CallOptions & { readonly userId?: string | undefined }): Promise<Task>;

  counts(query: CountQuery, options?: CallOptions): Promise<TaskCounts>;
}
