import { ConceptError } from '../../core/errors.ts';
import type { Task } from '../../core/task.ts';
import type { Runtime } from '../runtime-types.ts';
import { hasWorkerFor } from './work-when-alone.ts';

export interface Resuming {
  readonly taskId: string;
  /** The command line that goes on with the wait. */
  readonly resume: string;
  /** This process worked the task itself, and gives it back. */
  readonly ownWork?: boolean;
}

/** A wait that ended before its task, told with how to go on; every other error passes through. */
export async function resumable(error: ConceptError, runtime: Runtime, resuming: Resuming): Promise<ConceptError> {
  const ended = error.taskId !== undefined || (error.code !== 'TIMEOUT' && error.code !== 'ABORTED');
  if (ended) return error;
  const { taskId, resume, ownWork = false } = resuming;
  const what = error.code === 'TIMEOUT' ? 'timed out waiting for' : 'interrupted while waiting for';
  const toldAs = (state: string, hint: string): ConceptError =>
    new ConceptError(error.code, `${what} task ${taskId}; ${state}`, { cause: error, hint });
  if (ownWork) return toldAs('it is back in line', `finish it with: concept work --drain, then: ${resume}`);
  if (await waitsForWorker(taskId, runtime))
    return toldAs('it is waiting for a worker', `work it with: concept work --drain, then: ${resume}`);
  return toldAs('it goes on', `resume with: ${resume}`);
}

/** False when it cannot be told: the error at hand is the one to report. */
async function waitsForWorker(taskId: string, runtime: Runtime): Promise<boolean> {
  try {
    const task = await runtime.client.tasks.get(taskId);
    return isIdle(task, runtime);
  } catch {
    return false;
  }
}

/** True for a pending task that no live worker will take. */
export async function isIdle({ status, type }: Task, runtime: Runtime): Promise<boolean> {
  return status === 'pending' && !(await hasWorkerFor(runtime, type));
}
