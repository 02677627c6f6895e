import { ConceptError, toConceptError } from '../../core/errors.ts';
import { shellWord } from '../../core/shell-word.ts';
import { batchDisplay } from '../render/batch-display.ts';
import type { BatchSummary, Runtime } from '../runtime-types.ts';
import type { AwaitOptions } from './await-outcome.ts';
import { workBatchWhenAlone } from './work-batch-when-alone.ts';
import type { OwnWork } from './work-when-alone.ts';

/**
 * Waits until all tasks of a batch have ended, with progress shown, and works them here when it may and has to.
 * @throws ConceptError TIMEOUT or ABORTED with a hint how to resume.
 */
export async function awaitBatch(
  runtime: Runtime,
  batch: Pick<BatchSummary, 'id' | 'name'>,
  { io, signal, timeoutSeconds, mayWork }: AwaitOptions,
): Promise<BatchSummary> {
  const stop = new AbortController();
  const broken = new AbortController();
  const work: OwnWork = mayWork
    ? workBatchWhenAlone(runtime, AbortSignal.any([signal, stop.signal]))
    : { begun: () => false, done: Promise.resolve() };
  const working = work.done.catch((thrown: unknown) => broken.abort(thrown));
  const display = await batchDisplay(io);
  try {
    return await runtime.client.batches.wait(batch.id, {
      signal: AbortSignal.any([signal, broken.signal]),
      onProgress: display.show,
      ...(timeoutSeconds !== undefined && { timeoutMs: timeoutSeconds * 1_000 }),
    });
  } catch (thrown) {
    throw resumableBatch(toConceptError(thrown), `concept wait --batch ${shellWord(batch.name)}`, batch, work.begun());
  } finally {
    display.end();
    stop.abort();
    await working;
  }
}

/** A wait that ended before its batch, told with how to go on; every other error passes through. */
export function resumableBatch(
  error: ConceptError,
  resume: string,
  { name }: Pick<BatchSummary, 'name'>,
  ownWork = false,
): ConceptError {
  if (error.code !== 'TIMEOUT' && error.code !== 'ABORTED') return error;
  const what = error.code === 'TIMEOUT' ? 'timed out waiting for' : 'interrupted while waiting for';
  const message = `${what} batch ${name}; ${ownWork ? 'its tasks are back in line' : 'it goes on'}`;
  // Work begun here is given back when the wait ends, so somebody has to take it up.
  const hint = ownWork ? `finish it with: concept work --drain, then: ${resume}` : `resume with: ${resume}`;
  return new ConceptError(error.code, message, { cause: error, hint });
}
