import { toConceptError } from '../../core/errors.ts';
import type { Task } from '../../core/task.ts';
import type { TaskOutcome } from '../../sdk/wait.ts';
import type { Io } from '../io.ts';
import { showProgress } from '../render/progress.ts';
import type { Runtime } from '../runtime-types.ts';
import { resumable } from './resumable.ts';
import { workWhenAlone, type OwnWork } from './work-when-alone.ts';

export interface AwaitOptions {
  readonly io: Io;
  readonly signal: AbortSignal;
  readonly timeoutSeconds?: number | undefined;
  /** Work the task in this process while no worker is alive. */
  readonly mayWork: boolean;
}

/**
 * Waits for a task with its progress shown, and works it here when it may and has to.
 * @throws ConceptError how the task ended (with `taskId`), TIMEOUT or ABORTED with a hint how to resume.
 */
export async function awaitOutcome(
  runtime: Runtime,
  task: Task,
  { io, signal, timeoutSeconds, mayWork }: AwaitOptions,
): Promise<TaskOutcome<'generation' | 'refinement'>> {
  const stop = new AbortController();
  const broken = new AbortController();
  const following = AbortSignal.any([signal, stop.signal]);
  const work: OwnWork = mayWork
    ? workWhenAlone(runtime, task, following)
    : { begun: () => false, done: Promise.resolve() };
  const working = work.done.catch((thrown: unknown) => broken.abort(thrown));
  const progress = showProgress(io, runtime.client.tasks.watch(task.id, { signal: following }));
  try {
    return await runtime.client.tasks.wait(task as Task<'generation' | 'refinement'>, {
      signal: AbortSignal.any([signal, broken.signal]),
      ...(timeoutSeconds !== undefined && { timeoutMs: timeoutSeconds * 1_000 }),
    });
  } catch (thrown) {
    // Work begun here is given back when the wait ends, so somebody has to take it up.
    throw await resumable(toConceptError(thrown), runtime, {
      taskId: task.id,
      resume: `concept wait ${task.id}`,
      ownWork: work.begun(),
    });
  } finally {
    stop.abort();
    await working;
    await progress;
  }
}
