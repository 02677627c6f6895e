import { abortError } from '../core/abort.ts';
import { isClosingRun } from '../core/closing-run.ts';
import { ConceptError, type ErrorCode, toConceptError } from '../core/errors.ts';
import type { ProcessingTask } from '../core/task.ts';
import type { ClaimedTask, TaskLeases, TaskResult } from '../ports/task-leases.ts';
import { type AttemptSlot, isAborted, signalOf } from './attempt-slot.ts';
import { closeTask } from './close-task.ts';
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

export interface Processed {
  readonly result: TaskResult;
  /** Resolves when the last events are written: they are on their way, and come before a completion that is called next. */
  readonly recorded: Promise<void> | undefined;
  /** Writes what the next attempt begins with, for when the result cannot be recorded. */
  readonly keep: (() => Promise<void>) | undefined;
}

/** Of an attempt that ended without a result: what it was stopped for counts, whatever that made of its stages. */
export function attemptError(slot: AttemptSlot, thrown: unknown): ConceptError {
  return isAborted(slot) ? abortError(signalOf(slot)) : toConceptError(thrown);
}

/** Whether another attempt follows one that ended like this. */
export function isFollowed({ attempt, maxAttempts }: ProcessingTask, { retryable }: ConceptError): boolean {
  return retryable && attempt < maxAttempts;
}

/** After these the task is not this worker's to end. */
const NOT_OURS: ReadonlySet<ErrorCode> = new Set(['ABORTED', 'LEASE_LOST']);

/**
 * What an attempt makes; of one that fails and that no other follows, what was kept until then. A closing run has no other task than
 * that. @throws what ended the attempt.
 */
export async function makeResult(
  claimed: ClaimedTask,
  dependencies: RunTaskDependencies,
  options: RunTaskOptions,
): Promise<Processed> {
  const { task } = claimed;
  const attempt = createAttempt(claimed, dependencies, options.slot);
  if (isClosingRun(task)) {
    options.onProcessed(false);
    return finishedParts(attempt, dependencies, lastErrorOf(task));
  }
  try {
    return await runProcessor(attempt, dependencies, options);
  } catch (thrown) {
    const error = attemptError(options.slot, thrown);
    if (NOT_OURS.has(error.code) || isFollowed(task, error)) throw error;
    return finishedParts(attempt, dependencies, error);
  }
}

/** What was kept, when it is enough to complete with. @throws the error that ended the attempts, when it is not. */
function finishedParts(
  { claimed, stages }: Attempt,
  dependencies: RunTaskDependencies,
  error: ConceptError,
): Processed {
  const result = closeTask(claimed.task, { dependencies, kept: (stage) => stages().kept(stage), error });
  if (!result) throw error;
  return { result, recorded: undefined, keep: undefined };
}

function lastErrorOf({ error }: ProcessingTask): ConceptError {
  if (!error) return new ConceptError('LEASE_EXPIRED', 'the last attempt ended without an error');
  const { code, message, ...rest } = error;
  return new ConceptError(code, message, rest);
}

interface Attempt {
  readonly claimed: ClaimedTask;
  /** Made by its first use: a task of microseconds should not pay for what it has no use for. */
  readonly stages: () => StageRunner;
  /** Undefined while nobody used them. */
  readonly usedStages: () => StageRunner | undefined;
  readonly slot: AttemptSlot;
}

function createAttempt(claimed: ClaimedTask, dependencies: RunTaskDependencies, slot: AttemptSlot): Attempt {
  let stages: StageRunner | undefined;
  return {
    claimed,
    stages: () => (stages ??= createStageRunner(claimed, dependencies, signalOf(slot))),
    usedStages: () => stages,
    slot,
  };
}

/** Resolves with what the processor makes; a processor that goes on long after the abort is left to itself. */
function runProcessor(
  attempt: Attempt,
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
    startProcessor(attempt, dependencies).then((processed) => {
      onProcessed(true);
      resolve(processed);
    }, fail);
  });
}

async function startProcessor(attempt: Attempt, dependencies: RunTaskDependencies): Promise<Processed> {
  const { claimed, stages, usedStages } = attempt;
  const processor = dependencies.processors(claimed.task);
  if (!processor) {
    throw new ConceptError('INVALID_INPUT', `type: "${claimed.task.type}" tasks are not processed by this version`);
  }
  const context: ProcessorContext = {
    dependencies,
    isLastAttempt: claimed.task.attempt >= claimed.task.maxAttempts,
    get stages() {
      return stages();
    },
    get signal() {
      return stages().signal;
    },
  };
  try {
    const result = await processor(context);
    return { result, recorded: usedStages()?.finish(), keep: usedStages()?.settled };
  } catch (thrown) {
    await usedStages()?.settled();
    throw thrown;
  }
}
