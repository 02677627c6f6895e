import type { TaskError, TaskType } from '../core/task.ts';

/** How one attempt ended, as its worker saw it. */
export interface AttemptReport {
  readonly taskId: string;
  readonly type: TaskType;
  readonly attempt: number;
  /** `lost`: the lease was void (cancelled, or taken over after a pause); the worker's result was dropped. */
  readonly outcome: 'completed' | 'partial' | 'rescheduled' | 'failed' | 'released' | 'lost';
  readonly durationMs: number;
  readonly error: TaskError | null;
}

export interface WorkerSummary {
  readonly completed: number;
  /** Completed with some variations missing. */
  readonly partial: number;
  readonly rescheduled: number;
  readonly failed: number;
  readonly released: number;
  readonly lost: number;
  readonly durationMs: number;
}

export interface RunWorkerOptions {
  /** Aborting it stops the worker: no more claims, tasks under way finish or are given back within the grace period. */
  readonly signal: AbortSignal;
  /** Stop when nothing is due, under way or waiting for a retry. Default false: run until the signal aborts. */
  readonly drain?: boolean | undefined;
  /** Stop after so many attempts. */
  readonly maxTasks?: number | undefined;
  /** Work this task only and stop when it is final; the registration is a `waiter`'s. */
  readonly onlyTaskId?: string | undefined;
  /** Only these types; all when left out. */
  readonly types?: readonly TaskType[] | undefined;
  /** Default: the `concurrency` setting. */
  readonly concurrency?: number | undefined;
  /** Called after each attempt. */
  readonly onAttempt?: ((report: AttemptReport) => void) | undefined;
}

export interface Worker {
  /** Runs until it is stopped or done; all its tasks are settled when it resolves. */
  run(options: RunWorkerOptions): Promise<WorkerSummary>;
}
