import { delay } from '../../core/abort.ts';
import { isFinal, type Task, type TaskType } from '../../core/task.ts';
import type { LiveWorker, Runtime } from '../runtime-types.ts';

/** How soon a waiting process notices that the last worker has gone. */
const RECHECK_MS = 500;

export interface OwnWork {
  /** True once this process has begun to work the task itself. */
  readonly begun: () => boolean;
  /** Resolves when the task is final or the signal aborted, with all work given back. */
  readonly done: Promise<void>;
}

/** Works one task in this process for as long as no live worker takes its type. */
export function workWhenAlone(runtime: Runtime, task: Task, signal: AbortSignal): OwnWork {
  let begun = false;
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      if (!(await hasWorkerFor(runtime, task.type))) {
        begun = true;
        // Also for a task in processing: its worker may have died, and a worker's sweep brings it back.
        await (await runtime.createWorker()).run({ signal, onlyTaskId: task.id });
        return;
      }
      await delay(RECHECK_MS, signal);
      if (isFinal(await runtime.client.tasks.get(task.id))) return;
    }
  };
  return { begun: () => begun, done: run() };
}

/** True when a worker is alive that takes this type; processes that wait for a task of their own do not count. */
export async function hasWorkerFor(runtime: Runtime, type: TaskType): Promise<boolean> {
  return (await runtime.workers.live()).some((worker) => takes(worker, type));
}

function takes({ kind, types }: LiveWorker, type: TaskType): boolean {
  return kind === 'worker' && (types === null || types.includes(type));
}
