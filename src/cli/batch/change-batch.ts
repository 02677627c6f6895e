import type { BulkReport, RetryReport } from '../../sdk/batches.ts';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { talkLeft } from '../maintenance/talk-left.ts';
import { batchJson } from './batch-json.ts';

const TOLD = { cancel: 'cancelled', retry: 'in line again' } as const;

/** Cancels or retries all tasks of a batch that can be. */
export async function changeBatch(idOrName: string, change: keyof typeof TOLD, context: CliContext): Promise<ExitCode> {
  const { io } = context;
  const interruption = context.interruption();
  const { signal } = interruption;
  try {
    await context.withRuntime(await context.loadConfig(), async ({ client }) => {
      const report: BulkReport & Partial<RetryReport> = await client.batches[change](idOrName, { signal });
      const batch = await client.batches.get(idOrName);
      if (io.mode.json) io.json({ batch: batchJson(batch), ...report });
      else io.data(`${batch.name}\t${report.changed} ${TOLD[change]}`);
      talkLeft(report.left ?? 0, { batch: batch.name }, io);
    });
  } finally {
    interruption.dispose();
  }
  return EXIT.success;
}
