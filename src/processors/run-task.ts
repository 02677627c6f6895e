import { abortError, delay } from '../core/abort.ts';
import { ConceptError, toConceptError } from '../core/errors.ts';
import { backoffMs } from '../core/retry.ts';
import type { Task, TaskError } from '../core/task.ts';
import type { ClaimedTask, TaskLeases, TaskResult } from '../ports/task-leases.ts';
import { type AttemptSlot, isAborted, signalOf } from './attempt-slot.ts';
import { type AttemptContext, attemptContext } from './attempt-context.ts';
import type { ProcessorDependencies } from './processor.ts';
import type { ProcessorRegistry } from './registry.ts';

export interface RunTaskDependencies extends ProcessorDependencies {
  readonly leases: TaskLeases;
  readonly processors: ProcessorRegistry;
}

export interface RunTaskOptions {
  readonly slot: AttemptSlot;
  /** Called when the processor has ended, with whether it made a result; only the outcome is still to be recorded. */
  readonly onProcessed: (hasResult: boolean) => void;
  /**
   * How long to try to record the outcome. True: until it is recorded, the lease is void or the worker is stopping; a task that
   * its living worker cannot settle would otherwise stay in `processing`. False: a few seconds, while the store is away.
   */
  readonly keepTrying: boolean;
}

export interface TaskRun {
  readonly outcome: 'completed' | 'partial' | 'rescheduled' | 'failed' | 'released' | 'lost';
  readonly error: TaskError | null;
}

/**
 * The life of one attempt after its claim: process, then complete, fail or release. Never rejects: what went wrong is in the
 * outcome, and a task that could not be settled comes back when its lease runs out.
 *
 * Written with as few promises as do: of tasks that take microseconds, those were the larger part of the work.
 */
export function runTask(
  claimed: ClaimedTask,
  dependencies: RunTaskDependencies,
  options: RunTaskOptions,
): Promise<TaskRun> {
  const { slot, onProcessed } = options;
  return new Promise((resolve) => {
    const fail = (thrown?: unknown): void => {
      if (!isFirstEnd(slot)) return;
      onProcessed(false);
      resolve(endWithout(thrown, claimed, dependencies, options));
    };
    const succeed = (result: TaskResult): void => {
      if (!isFirstEnd(slot)) return;
      onProcessed(true);
      const request = { lease: claimed.lease, result };
      complete(request, dependencies).then(
        () => resolve(outcomeOf(result)),
        (thrown: unknown) => resolve(completeAgain(thrown, { request, claimed, dependencies, options })),
      );
    };
    slot.onDeserted = fail;
    const context = attemptContext(claimed, dependencies, slot);
    // The processor has ended when its stages have nothing more to say.
    startProcessor(context).then(
      (result) => (context.runner ? void context.runner.settled().then(() => succeed(result), fail) : succeed(result)),
      (thrown) => (context.runner ? void context.runner.settled().then(() => fail(thrown), fail) : fail(thrown)),
    );
  });
}

/** Tells of every failure by the promise: one that is told at once would start the next task from within this one. */
function startProcessor(context: AttemptContext): Promise<TaskResult> {
  const { claimed, dependencies } = context;
  try {
    const processor = dependencies.processors(claimed.task);
    return processor ? processor(context) : Promise.reject(notProcessed(claimed));
  } catch (thrown) {
    return Promise.reject(thrown);
  }
}

/** Whatever comes after the first end is refused: the processor of an aborted attempt may go on for long. */
function isFirstEnd(slot: AttemptSlot): boolean {
  const isFirst = slot.onDeserted !== undefined;
  slot.onDeserted = undefined;
  return isFirst;
}

const COMPLETED: TaskRun = { outcome: 'completed', error: null };
const PARTIAL: TaskRun = { outcome: 'partial', error: null };

function outcomeOf({ partial }: TaskResult): TaskRun {
  return partial ? PARTIAL : COMPLETED;
}

/** A result that is no JSON is refused before there is a promise. */
function complete(request: CompleteRequest, { leases }: RunTaskDependencies): Promise<void> {
  try {
    return leases.complete(request);
  } catch (thrown) {
    return Promise.reject(thrown);
  }
}

function notProcessed({ task }: ClaimedTask): ConceptError {
  return new ConceptError('INVALID_INPUT', `type: "${task.type}" tasks are not processed by this version`);
}

type CompleteRequest = Parameters<TaskLeases['complete']>[0];

interface Completion {
  readonly request: CompleteRequest;
  readonly claimed: ClaimedTask;
  readonly dependencies: RunTaskDependencies;
  readonly options: RunTaskOptions;
}

/** A finished picture is worth another try; what cannot be recorded at all is how the attempt failed. */
async function completeAgain(
  thrown: unknown,
  { request, claimed, dependencies, options }: Completion,
): Promise<TaskRun> {
  try {
    await settleAgain(thrown, () => complete(request, dependencies), dependencies, briefly);
    return outcomeOf(request.result);
  } catch (failure) {
    return endWithout(failure, claimed, dependencies, options);
  }
}

/** Ends an attempt that has no result. */
function endWithout(
  thrown: unknown,
  claimed: ClaimedTask,
  dependencies: RunTaskDependencies,
  { slot, keepTrying }: RunTaskOptions,
): Promise<TaskRun> {
  const error = isAborted(slot) ? abortError(signalOf(slot)) : toConceptError(thrown);
  const patiently = (tries: number, failure: ConceptError): boolean =>
    briefly(tries, failure) || (keepTrying && slot.isStopping !== true && failure.code !== 'LEASE_LOST');
  const ending = (): Promise<TaskRun> => conclude(claimed, error, dependencies);
  return ending()
    .catch((failure: unknown) => settleAgain(failure, ending, dependencies, patiently))
    .catch((unsettled: unknown) => ({ outcome: 'lost' as const, error: taskErrorOf(toConceptError(unsettled)) }));
}

async function conclude(
  { task, lease }: ClaimedTask,
  error: ConceptError,
  { leases, clock }: RunTaskDependencies,
): Promise<TaskRun> {
  if (error.code === 'LEASE_LOST') return { outcome: 'lost', error: taskErrorOf(error) };
  if (error.code === 'ABORTED') {
    await leases.release(lease);
    return { outcome: 'released', error: null };
  }
  const taskError = taskErrorOf(error);
  const again = error.retryable && task.attempt < task.maxAttempts;
  const waitMs = backoffMs(task.attempt, clock.random(), { retryAfterMs: error.retryAfterMs });
  const retryAt = again ? new Date(clock.now() + waitMs).toISOString() : null;
  const after: Task = await leases.fail({ lease, error: taskError, retryAt });
  return { outcome: after.status === 'failed' ? 'failed' : 'rescheduled', error: taskError };
}

/** Tries against a store that is away for a moment; a finished picture is worth more than a few seconds. */
const SETTLE_TRIES = 5;

function briefly(tries: number, { code }: ConceptError): boolean {
  return tries < SETTLE_TRIES && (code === 'STORE_UNAVAILABLE' || code === 'STORAGE_FULL');
}

/** The lease bounds the tries: once it is void the store answers LEASE_LOST, which is never retried. */
async function settleAgain<T>(
  thrown: unknown,
  write: () => Promise<T>,
  { clock }: RunTaskDependencies,
  tryAgain: (tries: number, failure: ConceptError) => boolean,
): Promise<T> {
  let failure = thrown;
  for (let tries = 1; ; tries++) {
    const error = toConceptError(failure);
    if (!tryAgain(tries, error)) throw error;
    await delay(backoffMs(tries, clock.random(), { baseMs: 200, capMs: 2_000 }));
    try {
      return await write();
    } catch (again) {
      failure = again;
    }
  }
}

function taskErrorOf({ code, message, retryable, hint, stage }: ConceptError): TaskError {
  return { code, message, retryable, ...(hint !== undefined && { hint }), ...(stage !== undefined && { stage }) };
}
