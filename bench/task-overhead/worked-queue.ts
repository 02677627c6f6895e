import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { loadConfig } from '../../src/config/load-config.ts';
import { openRuntime } from '../../src/config/wire.ts';
import type { MainJob } from './main-job.ts';

/** A durable store with a worker on it, both in this process. */
export interface WorkedQueue {
  /** Submits a task; resolves when its result is recorded and its submitter knows. */
  runTask(job: MainJob): Promise<TaskTimes>;
  close(): Promise<void>;
}

export interface TaskTimes {
  /** From the acknowledged submit until the worker has recorded the result: wake-up, claim, stages, completion. */
  readonly workerMs: number;
  /** From the call of submit until wait returns. */
  readonly roundTripMs: number;
}

export async function openWorkedQueue(directory: string): Promise<WorkedQueue> {
  const environment = { CONCEPT_HOME: join(directory, 'home'), XDG_CONFIG_HOME: directory };
  const config = loadConfig({ environment, directory, overrides: { durability: 'full' } });
  const runtime = await openRuntime(config);
  const worker = await runtime.createWorker();
  const stop = new AbortController();
  let endedAt = 0;
  const onAttempt = (): void => void (endedAt = performance.now());
  const working = worker.run({ signal: stop.signal, concurrency: 1, onAttempt });
  return {
    runTask: async (job) => {
      const begunAt = performance.now();
      const task = await runtime.client.tasks.submit({ type: 'generation', ...job });
      const submittedAt = performance.now();
      await runtime.client.tasks.wait(task);
      const knownAt = performance.now();
      // The report of the attempt follows its record closely, but news of the record may be quicker.
      while (endedAt < submittedAt) await nextTurn();
      return { workerMs: endedAt - submittedAt, roundTripMs: knownAt - begunAt };
    },
    close: async () => {
      stop.abort();
      await working;
      await runtime.close();
    },
  };
}
