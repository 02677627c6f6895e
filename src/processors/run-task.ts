import { delay } from '../core/abort.ts';
import { type ConceptError, toConceptError } from '../core/errors.ts';
import { backoffMs } from '../core/retry.ts';
import type { Task, TaskError } from '../core/task.ts';
import type { ClaimedTask } from '../ports/task-leases.ts';
import { attemptError, isFollowed, makeResult, type RunTaskDependencies, type RunTaskOptions } from './make-result.ts';

export type { RunTaskDependencies, RunTaskOptions } from './make-result.ts';

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
    const { result, recorded, keep } = await makeResult(claimed, dependencies, options);
    const request = { lease: claimed.lease, result };
    await dependencies.leases.complete(request).catch(async (thrown: unknown) => {
      const again = (): Promise<void> => dependencies.leases.complete(request);
      await keep?.().catch(() => undefined);
      await settleAgain(thrown, again, dependencies, briefly);
    });
    await recorded;
    return result.partial ? PARTIAL : COMPLETED;
  } catch (thrown) {
    const error = attemptError(slot, thrown);
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
  const waitMs = backoffMs(task.attempt, clock.random(), { retryAfterMs: error.retryAfterMs });
  const retryAt = isFollowed(task, error) ? new Date(clock.now() + waitMs).toISOString() : null;
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
