import { ConceptError } from '../../core/errors.ts';

/** A wait that ended before its task, told with how to go on; every other error passes through. */
export function resumableWith(error: ConceptError, taskId: string, resume: string, ownWork = false): ConceptError {
  const ended = error.taskId !== undefined || (error.code !== 'TIMEOUT' && error.code !== 'ABORTED');
  if (ended) return error;
  const what = error.code === 'TIMEOUT' ? 'timed out waiting for' : 'interrupted while waiting for';
  const state = ownWork ? 'it is back in line' : 'it goes on';
  return new ConceptError(error.code, `${what} task ${taskId}; ${state}`, {
    cause: error,
    hint: ownWork ? `finish it with: concept work --drain, then: ${resume}` : `resume with: ${resume}`,
  });
}
