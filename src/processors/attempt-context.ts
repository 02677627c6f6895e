import type { ClaimedTask } from '../ports/task-leases.ts';
import { type AttemptSlot, signalOf } from './attempt-slot.ts';
import type { ProcessorContext } from './processor.ts';
import type { RunTaskDependencies } from './run-task.ts';
import { createStageRunner, type StageRunner } from './stage-runner.ts';

/** What a processor sees of its attempt. */
export interface AttemptContext extends ProcessorContext {
  readonly claimed: ClaimedTask;
  readonly dependencies: RunTaskDependencies;
  readonly slot: AttemptSlot;
  /** Undefined until the processor asks for its stages or its signal. */
  runner: StageRunner | undefined;
}

/**
 * The stage runner is made by its first use: a task of microseconds should not pay for what it has no use for. The getters are
 * on a prototype because a literal that has its own takes the engine longer to make than all the rest of such an attempt.
 */
const MADE_BY_USE: Pick<ProcessorContext, 'stages' | 'signal'> & ThisType<AttemptContext> = {
  get stages() {
    return (this.runner ??= createStageRunner(this.claimed, this.dependencies, signalOf(this.slot)));
  },
  get signal() {
    return this.stages.signal;
  },
};

export function attemptContext(
  claimed: ClaimedTask,
  dependencies: RunTaskDependencies,
  slot: AttemptSlot,
): AttemptContext {
  const { attempt, maxAttempts } = claimed.task;
  const context = Object.create(MADE_BY_USE) as { -readonly [Key in keyof AttemptContext]: AttemptContext[Key] };
  context.claimed = claimed;
  context.dependencies = dependencies;
  context.slot = slot;
  context.runner = undefined;
  context.isLastAttempt = attempt >= maxAttempts;
  return context;
}
