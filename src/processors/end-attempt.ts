import { abortError } from '../core/abort.ts';
import { type ConceptError, toConceptError } from '../core/errors.ts';
import { backoffMs } from '../core/retry.ts';
import type { Task, TaskError } from '../core/task.ts';
import type { TaskResult } from '../ports/task-leases.ts';
import type { AttemptContext } from './attempt-context.ts';
import { isAborted, signalOf } from './attempt-slot.ts';
import { finishedParts, isFollowed } from './finished-parts.ts';
import type { RunTaskOptions, TaskRun } from './run-task.ts';
import { briefly, settleAgain, type TryAgain } from './settle-again.ts';

/** Records the end of an attempt that has its result, by as few promises as do. Never rejects. */
export function endWithResult(result: TaskResult, context: AttemptContext, options: RunTaskOptions): Promise<TaskRun> {
  // The last events go ahead of the completion, and share its transaction.
  const recorded = context.runner?.finish();
  const ended = completeOr(result, context, (failure) => conclude(attemptError(failure, context), context, options));
  return recorded ? recorded.then(() => ended) : ended;
}

/** Records the end of an attempt that has none: with what was kept, when no other follows and it is enough. Never rejects. */
export function endWithout(thrown: unknown, context: AttemptContext, options: RunTaskOptions): Promise<TaskRun> {
  const error = attemptError(thrown, context);
  const fail = (): Promise<TaskRun> => conclude(error, context, options);
  const parts = readableParts(context, error);
  return parts ? completeOr(parts, context, fail) : fail();
}

/** None when another version kept them in a form that cannot be read here: the attempt then ends by its own error. */
function readableParts(context: AttemptContext, error: ConceptError): TaskResult | undefined {
  try {
    return finishedParts(context, error);
  } catch {
    return undefined;
  }
}

/** What an attempt was stopped for counts, whatever that made of its stages. */
function attemptError(thrown: unknown, { slot }: AttemptContext): ConceptError {
  return isAborted(slot) ? abortError(signalOf(slot)) : toConceptError(thrown);
}

const COMPLETED: TaskRun = { outcome: 'completed', error: null };
const PARTIAL: TaskRun = { outcome: 'partial', error: null };

function outcomeOf({ partial }: TaskResult): TaskRun {
  return partial ? PARTIAL : COMPLETED;
}

function completeOr(
  result: TaskResult,
  context: AttemptContext,
  otherwise: (failure: unknown) => Promise<TaskRun>,
): Promise<TaskRun> {
  return complete(result, context).then(
    () => outcomeOf(result),
    (thrown: unknown) => completeAgain(thrown, result, context).catch(otherwise),
  );
}

/** A result that is no JSON is refused before there is a promise. */
function complete(result: TaskResult, { claimed: { lease }, dependencies }: AttemptContext): Promise<void> {
  try {
    return dependencies.leases.complete({ lease, result });
  } catch (thrown) {
    return Promise.reject(thrown);
  }
}

/** A finished picture is worth another try; what a later attempt would begin with is kept first. */
async function completeAgain(thrown: unknown, result: TaskResult, context: AttemptContext): Promise<TaskRun> {
  await context.runner?.settled().catch(() => undefined);
  await settleAgain(thrown, () => complete(result, context), context.dependencies, briefly);
  return outcomeOf(result);
}

function conclude(
  error: ConceptError,
  { claimed, dependencies }: AttemptContext,
  { slot, keepTrying }: RunTaskOptions,
): Promise<TaskRun> {
  const patiently: TryAgain = (tries, failure) =>
    briefly(tries, failure) || (keepTrying && slot.isStopping !== true && failure.code !== 'LEASE_LOST');
  const ending = (): Promise<TaskRun> => giveUp(error, claimed, dependencies);
  return ending()
    .catch((failure: unknown) => settleAgain(failure, ending, dependencies, patiently))
    .catch((unsettled: unknown) => ({ outcome: 'lost' as const, error: taskErrorOf(toConceptError(unsettled)) }));
}

async function giveUp(
  error: ConceptError,
  { task, lease }: AttemptContext['claimed'],
  { leases, clock }: AttemptContext['dependencies'],
): Promise<TaskRun> {
  if (error.code === 'LEASE_LOST') return { outcome: 'lost', error: taskErrorOf(error) };
  if (error.code === 'ABORTED') {
    await leases.release(lease);
    return { outcome: 'released', error: null };
  }
  const taskError = taskErrorOf(error);
  const waitMs = backoffMs(task.attempt, clock.random(), { retryAfterMs: error.retryAfterMs });
  const retryAt = isFollowed(task, error) ? new Date(clock.now() + waitMs).toISOString() : null;
  const after: Task = await leases.fail({ lease, error: taskError, retryAt });
  return { outcome: after.status === 'failed' ? 'failed' : 'rescheduled', error: taskError };
}

function taskErrorOf({ code, message, retryable, hint, stage }: ConceptError): TaskError {
  return { code, message, retryable, ...(hint !== undefined && { hint }), ...(stage !== undefined && { stage }) };
}
