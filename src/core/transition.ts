import { ConceptError } from './errors.ts';
import type { NewTask, Task, TaskError } from './task.ts';

/** Everything that can happen to a task. Times are ISO 8601, given by the caller's clock. */
export type TaskChange =
  | { readonly kind: 'claim'; readonly token: string; readonly workerId: string }
  | { readonly kind: 'complete'; readonly resultId: string; readonly partial: boolean }
  | { readonly kind: 'fail'; readonly error: TaskError }
  /** A failed attempt that will run again at `runAt`. */
  | { readonly kind: 'reschedule'; readonly error: TaskError; readonly runAt: string }
  /** Given back unfinished, not counted as an attempt (shutdown). */
  | { readonly kind: 'release' }
  /** The lease ran out: back in line, or failed when the attempts are used up. */
  | { readonly kind: 'expire'; readonly error: TaskError }
  | { readonly kind: 'cancel' }
  /** `concept retry`: a finished task starts again with a full set of attempts. */
  | { readonly kind: 'retry' };

/** The first state of every task. */
export function initialTask(newTask: NewTask, at: string): Task {
  const { inputHash: _hash, runAt, idempotencyKey, batchId, ...rest } = newTask;
  return {
    ...rest,
    ...UNLEASED,
    ...UNFINISHED,
    runAt: runAt ?? at,
    idempotencyKey: idempotencyKey ?? null,
    batchId: batchId ?? null,
    status: 'pending',
    attempt: 0,
    error: null,
    progress: null,
    publishedAt: null,
    createdAt: at,
    updatedAt: at,
    startedAt: null,
  } as Task;
}

const UNLEASED = { leaseToken: null, leaseOwner: null } as const;
const UNFINISHED = { resultId: null, partial: false, completedAt: null } as const;

/**
 * The one place where a task changes state.
 * pending -> processing -> completed | failed; pending | processing -> cancelled; processing -> pending; failed | cancelled -> pending.
 * @throws ConceptError INVALID_TRANSITION when the change does not fit the state.
 */
export function transition(task: Task, change: TaskChange, at: string): Task {
  const next = apply(task, change, at);
  if (next === undefined) throw refusal(task, change);
  return { ...next, updatedAt: at } as Task;
}

function apply(task: Task, change: TaskChange, at: string): object | undefined {
  switch (change.kind) {
    case 'claim':
      if (task.status !== 'pending') return undefined;
      return {
        ...task,
        status: 'processing',
        leaseToken: change.token,
        leaseOwner: change.workerId,
        attempt: task.attempt + 1,
        startedAt: at,
        progress: null,
      };
    case 'complete':
      if (task.status !== 'processing') return undefined;
      return {
        ...task,
        ...UNLEASED,
        status: 'completed',
        resultId: change.resultId,
        partial: change.partial,
        error: null,
        completedAt: at,
      };
    case 'fail':
      if (task.status !== 'processing') return undefined;
      return { ...task, ...UNLEASED, status: 'failed', error: change.error, completedAt: at };
    case 'reschedule':
      if (task.status !== 'processing') return undefined;
      return { ...task, ...UNLEASED, status: 'pending', error: change.error, runAt: change.runAt, publishedAt: null };
    case 'release':
      if (task.status !== 'processing') return undefined;
      return {
        ...task,
        ...UNLEASED,
        status: 'pending',
        attempt: task.attempt - 1,
        runAt: at,
        progress: null,
        publishedAt: null,
      };
    case 'expire':
      if (task.status !== 'processing') return undefined;
      return task.attempt >= task.maxAttempts
        ? { ...task, ...UNLEASED, status: 'failed', error: change.error, completedAt: at }
        : { ...task, ...UNLEASED, status: 'pending', error: change.error, runAt: at, publishedAt: null };
    case 'cancel':
      if (task.status !== 'pending' && task.status !== 'processing') return undefined;
      return { ...task, ...UNLEASED, status: 'cancelled', completedAt: at };
    case 'retry':
      if (task.status !== 'failed' && task.status !== 'cancelled') return undefined;
      return {
        ...task,
        ...UNFINISHED,
        status: 'pending',
        attempt: 0,
        error: null,
        progress: null,
        runAt: at,
        startedAt: null,
        publishedAt: null,
      };
    default:
      return change satisfies never;
  }
}

const HINTS: Partial<Record<TaskChange['kind'], string>> = {
  cancel: 'only a pending or processing task can be cancelled',
  retry: 'only a failed or cancelled task can be retried; submit a new one to run the same input again',
};

function refusal(task: Task, change: TaskChange): ConceptError {
  return new ConceptError('INVALID_TRANSITION', `task ${task.id} is ${task.status}, it cannot ${change.kind}`, {
    hint: HINTS[change.kind],
  });
}
