import { isClosingRun } from './closing-run.ts';
import { ConceptError } from './errors.ts';
import type { NewTask, ProcessingTask, Task, TaskError } from './task.ts';

/** Everything that can happen to a task. Times are ISO 8601, given by the caller's clock. */
export type TaskChange =
  | { readonly kind: 'claim'; readonly token: string; readonly workerId: string }
  | { readonly kind: 'complete'; readonly resultId: string; readonly partial: boolean }
  | { readonly kind: 'fail'; readonly error: TaskError }
  /** A failed attempt that will run again at `runAt`. */
  | { readonly kind: 'reschedule'; readonly error: TaskError; readonly runAt: string }
  /** Given back unfinished, not counted as an attempt (shutdown). */
  | { readonly kind: 'release' }
  /** The lease ran out: back in line, or failed when the attempts are used up. An attempt that may not have begun is not counted. After the last one a
   * task with finished parts gets a closing run. */
  | { readonly kind: 'expire'; readonly error: TaskError; readonly counts: boolean; readonly hasParts: boolean }
  | { readonly kind: 'cancel' }
  /** No attempt could begin: its message cannot be used. */
  | { readonly kind: 'refuse'; readonly error: TaskError }
  /** `concept retry`: a finished task starts again with a full set of attempts. */
  | { readonly kind: 'retry' };

type ChangeOf<Kind extends TaskChange['kind']> = Extract<TaskChange, { readonly kind: Kind }>;

/** The first state of every task. `input` and `runAt` may be given in the form in which they will be read again. */
export function initialTask(
  newTask: NewTask,
  at: string,
  { input, runAt = at }: Pick<NewTask, 'input' | 'runAt'> = newTask,
): Task {
  // Spelled out: thousands are made in one call, and spreading costs several times as much.
  return {
    id: newTask.id,
    userId: newTask.userId,
    type: newTask.type,
    input,
    status: 'pending',
    priority: newTask.priority,
    runAt,
    attempt: 0,
    maxAttempts: newTask.maxAttempts,
    leaseToken: null,
    leaseOwner: null,
    idempotencyKey: newTask.idempotencyKey ?? null,
    batchId: newTask.batchId ?? null,
    resultId: null,
    partial: false,
    error: null,
    progress: null,
    publishedAt: null,
    createdAt: at,
    updatedAt: at,
    startedAt: null,
    completedAt: null,
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
  return Object.assign(next, { updatedAt: at }) as Task;
}

/** The changed task, a new object; undefined when it does not fit the state. */
function apply(task: Task, change: TaskChange, at: string): object | undefined {
  switch (change.kind) {
    case 'claim':
      return claimed(task, change, at);
    case 'cancel':
      return isUnfinished(task) ? { ...task, ...UNLEASED, status: 'cancelled', completedAt: at } : undefined;
    case 'refuse':
      return task.status === 'pending'
        ? { ...task, status: 'failed', error: change.error, completedAt: at }
        : undefined;
    case 'retry':
      return retried(task, at);
    case 'complete':
    case 'fail':
    case 'reschedule':
    case 'release':
    case 'expire':
      return task.status === 'processing' ? { ...task, ...UNLEASED, ...ended(task, change, at) } : undefined;
    default:
      return change satisfies never;
  }
}

function isUnfinished({ status }: Task): boolean {
  return status === 'pending' || status === 'processing';
}

function claimed(task: Task, { token, workerId }: ChangeOf<'claim'>, at: string): object | undefined {
  if (task.status !== 'pending') return undefined;
  const lease = { leaseToken: token, leaseOwner: workerId };
  return { ...task, ...lease, status: 'processing', attempt: task.attempt + 1, startedAt: at, progress: null };
}

function retried(task: Task, at: string): object | undefined {
  if (task.status !== 'failed' && task.status !== 'cancelled') return undefined;
  const fresh = { attempt: 0, progress: null, startedAt: null, publishedAt: null };
  return { ...task, ...UNFINISHED, ...fresh, status: 'pending', runAt: at };
}

/** How a running attempt can end. */
function ended(
  task: ProcessingTask,
  change: ChangeOf<'complete' | 'fail' | 'reschedule' | 'release' | 'expire'>,
  at: string,
): object {
  switch (change.kind) {
    case 'complete': {
      const { resultId, partial } = change;
      return { status: 'completed', resultId, partial, error: null, completedAt: at };
    }
    case 'fail':
      return { status: 'failed', error: change.error, completedAt: at };
    case 'reschedule':
      return { status: 'pending', error: change.error, runAt: change.runAt, publishedAt: null };
    case 'release':
      return { status: 'pending', attempt: task.attempt - 1, runAt: at, progress: null, publishedAt: null };
    case 'expire':
      return expired(task, change, at);
    default:
      return change satisfies never;
  }
}

function expired(task: ProcessingTask, { error, counts, hasParts }: ChangeOf<'expire'>, at: string): object {
  const mayCome = task.attempt < task.maxAttempts || (hasParts && !isClosingRun(task));
  if (counts && !mayCome) return { status: 'failed', error, completedAt: at };
  const attempt = counts ? task.attempt : task.attempt - 1;
  return { status: 'pending', attempt, error, runAt: at, publishedAt: null };
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
