import { delay, throwIfAborted } from '../../../core/abort.ts';
import { isBusy, storeBusy, translateError } from './translate-error.ts';

/** Turns of the event loop to try at once: a transaction of another process usually ends within these. */
const IMMEDIATE_TRIES = 50;
const RETRY_MS = 1;
/** A healthy process holds the lock for milliseconds; after this long somebody is stuck. */
export const MAX_LOCK_WAIT_MS = 15_000;

export interface RetryOptions {
  readonly file: string;
  readonly signal?: AbortSignal | undefined;
  readonly maxWaitMs?: number | undefined;
}

/**
 * Runs synchronous database work until it gets the lock. SQLite's own waiting would block the event loop, with heartbeats
 * and image work in it, and is unfair to third parties; so its timeout is zero and waiting is done here.
 * @throws ConceptError: STORE_UNAVAILABLE after {@link MAX_LOCK_WAIT_MS}, the signal's reason, or the work's own error translated.
 */
export async function retryBusy<T>(
  { file, signal, maxWaitMs = MAX_LOCK_WAIT_MS }: RetryOptions,
  work: () => T,
): Promise<T> {
  const startedAt = performance.now();
  for (let tries = 1; ; tries++) {
    throwIfAborted(signal);
    try {
      return work();
    } catch (thrown) {
      if (!isBusy(thrown)) throw translateError(thrown, file);
      if (performance.now() - startedAt > maxWaitMs) throw storeBusy(file, thrown);
    }
    if (tries < IMMEDIATE_TRIES) await new Promise((resolve) => setImmediate(resolve));
    else await delay(RETRY_MS * (1 + Math.random()), signal);
  }
}
