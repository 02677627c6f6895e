import { SUPPORTED_TYPES } from '../../core/supported-types.ts';
import type { CliContext } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { awaitBatch } from '../follow/await-batch.ts';
import { hasWorkerFor } from '../follow/work-when-alone.ts';
import type { BatchSummary, Runtime } from '../runtime-types.ts';
import { batchExitCode } from './batch-tasks.ts';
import { printSummary } from './print-batch.ts';

/** `concept wait --batch`. */
export async function waitForBatch(
  idOrName: string,
  timeoutSeconds: number | undefined,
  context: CliContext,
): Promise<ExitCode> {
  const { io } = context;
  const interruption = context.interruption();
  const { signal } = interruption;
  try {
    return await context.withRuntime(await context.loadConfig(), async (runtime) => {
      const found = await runtime.client.batches.get(idOrName);
      if (await isIdle(found, runtime)) io.talk('no worker is running; start one with: concept work');
      const batch = await awaitBatch(runtime, found, { io, signal, timeoutSeconds, mayWork: false });
      printSummary(batch, io);
      return batchExitCode(batch, runtime);
    });
  } finally {
    interruption.dispose();
  }
}

/** True when something waits and no live worker takes anything at all. */
async function isIdle({ counts }: BatchSummary, runtime: Runtime): Promise<boolean> {
  if (counts.pending === 0) return false;
  for (const type of SUPPORTED_TYPES) if (await hasWorkerFor(runtime, type)) return false;
  return true;
}
