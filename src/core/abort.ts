import { ConceptError } from './errors.ts';

/** What the signal was aborted with, as a ConceptError: a ConceptError reason passes through. */
export function abortError(signal: AbortSignal): ConceptError {
  const reason: unknown = signal.reason;
  if (ConceptError.isInstance(reason)) return reason;
  if (reason instanceof Error && reason.name === 'TimeoutError') {
    return new ConceptError('TIMEOUT', 'the operation timed out', { cause: reason });
  }
  return new ConceptError('ABORTED', 'the operation was aborted', { cause: reason });
}

/** @throws the signal's reason as a ConceptError, when it is aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortError(signal);
}

/** Resolves after `ms`, or as soon as the signal aborts. Never rejects; the timer does not outlive either. */
export function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const finish = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal?.addEventListener('abort', finish, { once: true });
  });
}

/** Resolves when the signal aborts; also, for nothing, when `giveUp` does. */
export function untilAborted(signal: AbortSignal, giveUp: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted || giveUp.aborted) return resolve();
    const finish = (): void => {
      signal.removeEventListener('abort', finish);
      giveUp.removeEventListener('abort', finish);
      resolve();
    };
    signal.addEventListener('abort', finish);
    giveUp.addEventListener('abort', finish);
  });
}

/** The work's outcome, or the signal's error when that comes first: for work that may not heed a signal by itself. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(abortError(signal));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** Runs work under a signal that lasts as long as it: what is composed of one that lives long leaves something behind in it for good. */
export async function underOwn<T>(
  signal: AbortSignal | undefined,
  work: (own: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  if (!signal || signal.aborted) return work(signal);
  const own = new AbortController();
  const follow = (): void => own.abort(signal.reason);
  signal.addEventListener('abort', follow, { once: true });
  try {
    return await work(own.signal);
  } finally {
    signal.removeEventListener('abort', follow);
  }
}

/** Aborts with the signal, and at the latest after `ms`. */
export function limitedTo(ms: number, signal: AbortSignal): AbortSignal {
  const limit = AbortSignal.timeout(ms);
  // A signal that others are composed of is held weakly: with nobody listening it may be collected, and its time never comes.
  limit.addEventListener('abort', () => undefined, { once: true });
  return AbortSignal.any([signal, limit]);
}
