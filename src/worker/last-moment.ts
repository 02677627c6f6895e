import { delay, untilAborted } from '../core/abort.ts';
import { ConceptError } from '../core/errors.ts';
import { ABORT_PATIENCE_MS } from '../processors/attempt-slot.ts';

/** For the calls that end a worker: what is under way is given back, then its registration ends. */
const LAST_CALLS_MS = 2_000;

export interface LastMomentOptions {
  /** The worker is told to stop. */
  readonly stop: AbortSignal;
  /** The worker has ended. */
  readonly ended: AbortSignal;
  readonly graceMs: number;
  /** Whether attempts have not heeded their end yet. */
  readonly isRunning: () => boolean;
}

/**
 * Aborts when a worker that was told to stop has had all its time. What it has not given back by then is found by others when its
 * lease runs out.
 */
export function lastMoment({ stop, ended, graceMs, isRunning }: LastMomentOptions): AbortSignal {
  const last = new AbortController();
  void (async () => {
    await untilAborted(stop, ended);
    await delay(graceMs, ended);
    await delay(isRunning() ? ABORT_PATIENCE_MS + LAST_CALLS_MS : LAST_CALLS_MS, ended);
    last.abort(new ConceptError('ABORTED', 'the worker has used up its time to stop'));
  })();
  return last.signal;
}
