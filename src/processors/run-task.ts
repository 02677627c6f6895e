import { abortError, delay } from '../core/abort.ts';
import { ConceptError, toConceptError } from '../core/errors.ts';
import { backoffMs } from '../core/retry.ts';
import type { Task, TaskError } from '../core/task.ts';
import type { ClaimedTask, TaskLeases, TaskResult } from '../ports/task-leases.ts';
import { type AttemptSlot, isAborted, signalOf } from './attempt-slot.ts';
import type { ProcessorContext, ProcessorDependencies } from './processor.ts';
import type { ProcessorRegistry } from './registry.ts';
import { createStageRunner, type StageRunner } from './stage-runner.ts';

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
 */
export async function runTask(
  claimed: ClaimedTask,
  dependencies: RunTaskDependencies,
  options: RunTaskOptions,
): Promise<TaskRun> {
  const { slot, keepTrying } = options;
  try {
    const { result, recorded, keep } = await runProcessor(claimed, dependencies, options);
    const request = { lease: claimed.lease, result };
    await dependencies.leases.complete(request).catch(async (thrown: unknown) => {
      const again = (): Promise<void> => dependencies.leases.complete(request);
      await keep?.().catch(() => undefined);
      await settleAgain(thrown, again, dependencies, briefly);
    });
    await recorded;
    return result.partial ? PARTIAL : COMPLETED;
  } catch (thrown) {
    const error = isAborted(slot) ? abortError(signalOf(slot)) : toConceptError(thrown);
    const patiently = (tries: number, failure: ConceptError): boolean =>
      briefly(tries, failure) || (keepTrying && slot.isStopping !== true && failure.code !== 'LEASE_LOST');
    const ending = (): Promise<TaskRun> => conclude(claimed, error, dependencies);
    return ending()
      .catch((failure: unknown) => settleAgain(failure, ending, dependencies, patiently))
      .catch((unsettled: unknown) => ({ outcome: 'lost' as const, error: taskErrorOf(toConceptError(unsettled)) }));
  }
}

const COMPLETED: TaskRun = { outcome: 'completed', error: null };
const PARTIAL: TaskRun = { outcome: 'partial', error: null };

interface Processed {
  readonly result: TaskResult;
  /** Resolves when the last events are written: they are on their way, and come before a completion that is called next. */
  readonly recorded: Promise<void> | undefined;
  /** Writes what the next attempt begins with, for when the result cannot be recorded. */
  readonly keep: (() => Promise<void>) | undefined;
}

/** Resolves with what the processor makes; a processor that goes on long after the abort is left to itself. */
function runProcessor(
  claimed: ClaimedTask,
  dependencies: RunTaskDependencies,
  { slot, onProcessed }: RunTaskOptions,
): Promise<Processed> {
  return new Promise((resolve, reject) => {
    const fail = (thrown: unknown): void => {
      onProcessed(false);
      reject(thrown);
    };
    // Whatever the processor does after this is refused.
    slot.onDeserted = () => fail(abortError(signalOf(slot)));
    startProcessor(claimed, dependencies, slot).then((processed) => {
      onProcessed(true);
      resolve(processed);
    }, fail);
  });
}

async function startProcessor(
  claimed: ClaimedTask,
  dependencies: RunTaskDependencies,
  slot: AttemptSlot,
): Promise<Processed> {
  const processor = dependencies.processors(claimed.task);
  if (!processor) {
    throw new ConceptError('INVALID_INPUT', `type: "${claimed.task.type}" tasks are not processed by this version`);
  }
  // The stage runner is made by its first use: a task of microseconds should not pay for what it has no use for.
  let stages: StageRunner | undefined;
  const stageRunner = (): StageRunner => (stages ??= createStageRunner(claimed, dependencies, signalOf(slot)));
  const context: ProcessorContext = {
    dependencies,
    isLastAttempt: claimed.task.attempt >= claimed.task.maxAttempts,
    get stages() {
      return stageRunner();
    },
    get signal() {
      return stageRunner().signal;
    },
  };
  try {
    const result = await processor(context);
    return { result, recorded: stages?.finish(), keep: stages?.settled };
  } catch (thrown) {
    await stages?.settled();
    throw thrown;
  }
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
