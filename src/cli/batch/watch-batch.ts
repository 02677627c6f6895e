import { toConceptError } from '../../core/errors.ts';
import { shellWord } from '../../core/shell-word.ts';
import type { CliContext } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { resumableBatch } from '../follow/await-batch.ts';
import type { Io } from '../io.ts';
import type { BatchDisplay } from '../render/batch-display.ts';
import { batchRow } from '../render/batch-lines.ts';
import { batchTableDisplay } from '../render/batch-table-display.ts';
import type { BatchSummary } from '../runtime-types.ts';
import { batchJson } from './batch-json.ts';
import { batchExitCode } from './batch-tasks.ts';

/** `concept watch --batch`: a table that is drawn anew on a terminal, a row per change elsewhere. */
export async function watchBatch(
  idOrName: string,
  timeoutSeconds: number | undefined,
  context: CliContext,
): Promise<ExitCode> {
  const { io } = context;
  const interruption = context.interruption();
  const { signal } = interruption;
  try {
    return await context.withRuntime(await context.loadConfig(), async (runtime) => {
      const { id, name } = await runtime.client.batches.get(idOrName);
      const display = io.stdout.isTTY && !io.mode.json ? batchTableDisplay(io) : printing(io);
      try {
        const settings = { signal, ...(timeoutSeconds !== undefined && { timeoutMs: timeoutSeconds * 1_000 }) };
        const batch = await runtime.client.batches.wait(id, { ...settings, onProgress: display.show });
        return await batchExitCode(batch, runtime);
      } catch (thrown) {
        throw resumableBatch(toConceptError(thrown), `concept watch --batch ${shellWord(name)}`, { name });
      } finally {
        display.end();
      }
    });
  } finally {
    interruption.dispose();
  }
}

function printing(io: Io): BatchDisplay {
  const show = (batch: BatchSummary): void => {
    if (io.mode.json) io.json({ batch: batchJson(batch) });
    else io.data(batchRow(batch, Date.now()));
  };
  return { show, end: () => undefined };
}
