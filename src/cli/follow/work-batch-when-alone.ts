import { delay } from '../../core/abort.ts';
import { SUPPORTED_TYPES, type SupportedType } from '../../core/supported-types.ts';
import type { Runtime } from '../runtime-types.ts';
import { hasWorkerFor, type OwnWork } from './work-when-alone.ts';

/** How soon a waiting process notices that the last worker has gone. */
const RECHECK_MS = 500;

/** Runs a worker in this process, for the types that no live worker takes, from when there are such until the signal aborts. */
export function workBatchWhenAlone(runtime: Runtime, signal: AbortSignal): OwnWork {
  let begun = false;
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      const types = await abandonedTypes(runtime);
      if (types.length > 0) {
        begun = true;
        await (await runtime.createWorker()).run({ signal, types });
      } else await delay(RECHECK_MS, signal);
    }
  };
  return { begun: () => begun, done: run() };
}

async function abandonedTypes(runtime: Runtime): Promise<readonly SupportedType[]> {
  const abandoned: SupportedType[] = [];
  for (const type of SUPPORTED_TYPES) if (!(await hasWorkerFor(runtime, type))) abandoned.push(type);
  return abandoned;
}
