import { abortError } from '../core/abort.ts';

/** Every call of the SDK takes these. */
export interface CallSettings {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the call rejects with TIMEOUT. */
  readonly timeoutMs?: number | undefined;
}

/** Runs a call under the caller's signal and time limit; an abort rejects with ABORTED, the limit with TIMEOUT. */
export async function withCallSettings<T>(
  settings: CallSettings | undefined,
  call: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  const { stop: signal } = boundsOf(settings);
  if (!signal) return call(undefined);
  if (signal.aborted) throw abortError(signal);
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(abortError(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    call(signal)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** What ends a call: the time limit alone, and either of the two. */
export interface CallBounds {
  readonly limit: AbortSignal | undefined;
  readonly stop: AbortSignal | undefined;
}

/** Starts the time limit. */
export function boundsOf({ signal, timeoutMs }: CallSettings = {}): CallBounds {
  if (timeoutMs === undefined) return { limit: undefined, stop: signal };
  const limit = AbortSignal.timeout(timeoutMs);
  // A signal that others are composed of is held weakly: with nobody listening it may be collected, and its time never comes.
  limit.addEventListener('abort', () => undefined, { once: true });
  return { limit, stop: signal ? AbortSignal.any([signal, limit]) : limit };
}
