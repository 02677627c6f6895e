import { ConceptError, type ErrorCode } from '../core/errors.ts';
import type { ProcessingTask } from '../core/task.ts';
import type { TaskResult } from '../ports/task-leases.ts';
import type { AttemptContext } from './attempt-context.ts';
import { closeTask } from './close-task.ts';

/** After these the task is not this worker's to end. */
const NOT_OURS: ReadonlySet<ErrorCode> = new Set(['ABORTED', 'LEASE_LOST']);

/** Whether another attempt follows one that ended like this. */
export function isFollowed({ attempt, maxAttempts }: ProcessingTask, { retryable }: ConceptError): boolean {
  return retryable && attempt < maxAttempts;
}

/** What was kept until an attempt failed that no other follows; undefined when it is not enough to complete with. */
export function finishedParts(context: AttemptContext, error: ConceptError): TaskResult | undefined {
  const { claimed, dependencies } = context;
  if (NOT_OURS.has(error.code) || isFollowed(claimed.task, error)) return undefined;
  return closeTask(claimed.task, { dependencies, kept: (stage) => context.stages.kept(stage), error });
}

/** What ended the attempt before a closing run. */
export function lastErrorOf({ error }: ProcessingTask): ConceptError {
  if (!error) return new ConceptError('LEASE_EXPIRED', 'the last attempt ended without an error');
  const { code, message, ...rest } = error;
  return new ConceptError(code, message, rest);
}
