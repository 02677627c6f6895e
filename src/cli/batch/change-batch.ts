import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { batchJson } from './batch-json.ts';

const TOLD = { cancel: 'cancelled', retry: 'in line again' } as const;

/** Cancels or retries all tasks of a batch that can be. */
export async function changeBatch(idOrName: string, change: keyof typeof TOLD, context: CliContext): Promise<ExitCode> {
  const { io } = context;
  const interruption = context.interruption();
  const { signal } = interruption;
  try {
    await context.withRuntime(await context.loadConfig(), async ({ client }) => {
      const { changed } = await client.batches[change](idOrName, { signal });
      const batch = await client.batches.get(idOrName);
      if (io.mode.json) io.json({ batch: batchJson(batch), changed });
      else io.data(`${batch.name}\t${changed} ${TOLD[change]}`);
    });
  } finally {
    interruption.dispose();
  }
  return EXIT.success;
}
