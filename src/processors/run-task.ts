import { isClosingRun } from '../core/closing-run.ts';
import { ConceptError } from '../core/errors.ts';
import type { TaskError } from '../core/task.ts';
import type { ClaimedTask, TaskLeases, TaskResult } from '../ports/task-leases.ts';
import { type AttemptContext, attemptContext } from './attempt-context.ts';
import type { AttemptSlot } from './attempt-slot.ts';
import { endWithout, endWithResult } from './end-attempt.ts';
import { lastErrorOf } from './finished-parts.ts';
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
    const context = attemptContext(claimed, dependencies, slot);
    const fail = (thrown?: unknown): void => {
      if (!isFirstEnd(slot)) return;
      onProcessed(false);
      resolve(endWithout(thrown, context, options));
    };
    const succeed = (result: TaskResult): void => {
      if (!isFirstEnd(slot)) return;
      onProcessed(true);
      resolve(endWithResult(result, context, options));
    };
    slot.onDeserted = fail;
    // A processor that failed has ended when its stages have nothing more to say.
    startProcessor(context).then(succeed, (thrown) =>
      context.runner ? void context.runner.settled().then(() => fail(thrown), fail) : fail(thrown),
    );
  });
}

/** Tells of every failure by the promise: one that is told at once would start the next task from within this one. */
function startProcessor(context: AttemptContext): Promise<TaskResult> {
  const { claimed, dependencies } = context;
  if (isClosingRun(claimed.task)) return Promise.reject(lastErrorOf(claimed.task));
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

function notProcessed({ task }: ClaimedTask): ConceptError {
  return new ConceptError('INVALID_INPUT', `type: "${task.type}" tasks are not processed by this version`);
}
