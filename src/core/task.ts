import type { TaskInputs } from './task-input.ts';
import type { ErrorCode } from './errors.ts';

/** Task types by their CLI and SDK names. */
export const TASK_TYPES = ['generation', 'refinement', 'coloring', 'rendition'] as const;
export type TaskType = (typeof TASK_TYPES)[number];

/** Names on the wire and in SQL, as deployed systems already speak them. */
export const WIRE_NAMES = {
  generation: 'concept_generation',
  refinement: 'concept_refinement',
  coloring: 'coloring_page',
  rendition: 'image_rendition',
} as const satisfies Record<TaskType, string>;

export const TASK_STATUSES = ['pending', 'processing', 'completed', 'failed', 'cancelled'] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

/** Why a task failed, or what its last failed attempt said. */
export interface TaskError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly hint?: string;
  readonly stage?: string;
}

/** How far the running attempt is. */
export interface TaskProgress {
  readonly stage: string;
  /** 0 to 1. */
  readonly fraction: number;
}

/** A worker's time-limited right to a task; `token` is the fencing token, fresh per claim. */
export interface Lease {
  readonly taskId: string;
  readonly token: string;
  readonly workerId: string;
}

interface TaskCommon<T extends TaskType> {
  readonly id: string;
  readonly userId: string;
  readonly type: T;
  readonly input: TaskInputs[T];
  /** Higher runs sooner; default 0. */
  readonly priority: number;
  /** ISO 8601; not claimed before this time. */
  readonly runAt: string;
  /** Attempts started so far; one more than `maxAttempts` after a closing run. */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly idempotencyKey: string | null;
  readonly batchId: string | null;
  readonly progress: TaskProgress | null;
  readonly publishedAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly startedAt: string | null;
}

interface Unfinished {
  readonly resultId: null;
  readonly partial: false;
  readonly completedAt: null;
}
interface Unleased {
  readonly leaseToken: null;
  readonly leaseOwner: null;
}

export type PendingTask<T extends TaskType = TaskType> = TaskCommon<T> &
  Unfinished &
  Unleased & { readonly status: 'pending'; /** What the last attempt said. */ readonly error: TaskError | null };

export type ProcessingTask<T extends TaskType = TaskType> = TaskCommon<T> &
  Unfinished & {
    readonly status: 'processing';
    readonly leaseToken: string;
    readonly leaseOwner: string;
    readonly error: TaskError | null;
  };

export type CompletedTask<T extends TaskType = TaskType> = TaskCommon<T> &
  Unleased & {
    readonly status: 'completed';
    readonly resultId: string;
    /** Some variations are missing for good. */
    readonly partial: boolean;
    readonly error: null;
    readonly completedAt: string;
  };

export type FailedTask<T extends TaskType = TaskType> = TaskCommon<T> &
  Unleased & {
    readonly status: 'failed';
    readonly resultId: null;
    readonly partial: false;
    readonly error: TaskError;
    readonly completedAt: string;
  };

export type CancelledTask<T extends TaskType = TaskType> = TaskCommon<T> &
  Unleased & {
    readonly status: 'cancelled';
    readonly resultId: null;
    readonly partial: false;
    readonly error: TaskError | null;
    readonly completedAt: string;
  };

/** A task in one of its five states. Narrow by `status`, and by `type` for the input. */
export type Task<T extends TaskType = TaskType> = T extends TaskType
  ? PendingTask<T> | ProcessingTask<T> | CompletedTask<T> | FailedTask<T> | CancelledTask<T>
  : never;

/** A task that nothing but `retry` will change. */
export type FinalTask<T extends TaskType = TaskType> = Exclude<Task<T>, { readonly status: 'pending' | 'processing' }>;

/** What a caller hands to a store; the store adds the life-cycle fields. */
export interface NewTask<T extends TaskType = TaskType> {
  readonly id: string;
  readonly userId: string;
  readonly type: T;
  readonly input: TaskInputs[T];
  readonly priority: number;
  /** ISO 8601, default now. */
  readonly runAt?: string | undefined;
  readonly maxAttempts: number;
  readonly idempotencyKey?: string | undefined;
  /** SHA-256 of type and input: tells a repeat from a conflict under one idempotency key. */
  readonly inputHash: string;
  readonly batchId?: string | undefined;
}

export function isFinal(task: Task): task is FinalTask {
  return task.status === 'completed' || task.status === 'failed' || task.status === 'cancelled';
}
