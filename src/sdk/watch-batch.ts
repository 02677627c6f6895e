import { abortError, delay } from '../core/abort.ts';
import { ConceptError } from '../core/errors.ts';
import { shellWord } from '../core/shell-word.ts';
import type { BatchSummary } from '../ports/batch-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import { boundsOf, type CallSettings } from './call-options.ts';
import { batchNotFound } from './not-found.ts';

export interface BatchReader {
  readonly store: Store;
  readonly clock: Clock;
  readonly userId: string | undefined;
}

export interface BatchWaitSettings extends CallSettings {
  /** Called with the summary at first and whenever it has changed, a few times a second at most. */
  readonly onProgress?: ((batch: BatchSummary) => void) | undefined;
}

/** Only a safety net: news wakes the watch up. */
const RECHECK_MS = 1_000;
/** News comes with every task; a batch is looked at a few times a second. */
const LEAST_PAUSE_MS = 250;
/** A summary counts rows: of a very large batch it is asked for less often, so that the store has time for the work. */
const PAUSE_PER_LOOK = 10;
/** What a store that answers slowly may add to the caller's limit. */
const LAST_LOOK_MS = 250;

/** See `BatchesResource.watch`. */
export async function* batchProgress(
  idOrName: string,
  { store, clock, userId }: BatchReader,
  settings: CallSettings = {},
): AsyncGenerator<BatchSummary> {
  const { stop } = boundsOf(settings);
  const reader = {};
  let shown = '';
  for (;;) {
    const startedAtMs = clock.monotonic();
    const batch = await store.batches.get(idOrName, { userId, signal: stop });
    if (!batch) throw batchNotFound(idOrName);
    const state = JSON.stringify([batch.total, batch.counts]);
    if (state !== shown) yield batch;
    shown = state;
    if (isDone(batch)) return;
    await delay(Math.max(LEAST_PAUSE_MS, (clock.monotonic() - startedAtMs) * PAUSE_PER_LOOK), stop);
    if (!stop?.aborted) await store.events.news(RECHECK_MS, { signal: stop, reader });
    if (stop?.aborted) throw abortError(stop);
  }
}

/** See `BatchesResource.wait`. */
export async function waitForBatch(
  idOrName: string,
  reader: BatchReader,
  settings: BatchWaitSettings = {},
): Promise<BatchSummary> {
  let latest: BatchSummary | undefined;
  try {
    for await (const batch of batchProgress(idOrName, reader, settings)) {
      latest = batch;
      settings.onProgress?.(batch);
    }
  } catch (thrown) {
    const timedOut = ConceptError.isInstance(thrown) && thrown.code === 'TIMEOUT' && !settings.signal?.aborted;
    if (!timedOut || !latest) throw thrown;
    return lastLook(latest, reader);
  }
  return latest!;
}

/** A batch that was done together with the limit is a result, not a time-out. */
async function lastLook(batch: BatchSummary, { store, userId }: BatchReader): Promise<BatchSummary> {
  const signal = AbortSignal.timeout(LAST_LOOK_MS);
  const latest = (await store.batches.get(batch.id, { userId, signal }).catch(() => undefined)) ?? batch;
  if (isDone(latest)) return latest;
  const { pending, processing } = latest.counts;
  throw new ConceptError('TIMEOUT', `${pending + processing} tasks of batch ${batch.name} are not done; they go on`, {
    hint: `resume with: concept wait --batch ${shellWord(batch.name)}`,
  });
}

function isDone({ counts }: BatchSummary): boolean {
  return counts.pending + counts.processing === 0;
}
