import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { batchLines } from '../render/batch-lines.ts';
import type { BatchSummary } from '../runtime-types.ts';
import { batchJson } from './batch-json.ts';

/** `concept status --batch`. */
export async function printBatch(idOrName: string, context: CliContext): Promise<ExitCode> {
  await context.withRuntime(await context.loadConfig(), async ({ client }) => {
    printSummary(await client.batches.get(idOrName), context.io);
  });
  return EXIT.success;
}

export function printSummary(batch: BatchSummary, io: Io): void {
  if (io.mode.json) io.json({ batch: batchJson(batch) });
  else for (const line of batchLines(batch, io.stdout, Date.now())) io.data(line);
}
