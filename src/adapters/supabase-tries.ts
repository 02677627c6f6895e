import { delay, throwIfAborted } from '../core/abort.ts';
import { type BackoffOptions, backoffMs } from '../core/retry.ts';
import type { Clock } from '../ports/clock.ts';
import type { CallLimits } from './supabase-connection.ts';

export interface Tries {
  readonly signal: AbortSignal | undefined;
  /** How long the first try may take; each other one at most so long, and never past the patience. */
  readonly timeoutMs: number;
  /** How long all tries may take together; a first one that takes longer is the only one. */
  readonly patienceMs: number;
  /** Default: as many as there is time for. */
  readonly most?: number | undefined;
  readonly backoff: BackoffOptions;
  readonly clock: Pick<Clock, 'random'>;
}

/** The answer to a request that is made again while its answer may be another the next time. @throws ConceptError ABORTED, TIMEOUT */
export async function repeatedly<Answer>(
  request: (limits: CallLimits) => Promise<Answer>,
  isPassing: (answer: Answer) => boolean,
  { signal, timeoutMs, patienceMs, most = Number.POSITIVE_INFINITY, backoff, clock }: Tries,
): Promise<Answer> {
  const latest = performance.now() + patienceMs;
  let limitMs = timeoutMs;
  let before: Answer | undefined;
  for (let tries = 1; ; tries++) {
    throwIfAborted(signal);
    const answer = await request({ signal, timeoutMs: limitMs });
    if (signal?.aborted || tries === most || !isPassing(answer)) return answer;
    // A try that the deadline cut off tells less than the one before it.
    if (before !== undefined && performance.now() >= latest) return before;
    before = answer;
    const waitMs = backoffMs(tries, clock.random(), backoff);
    if (performance.now() + waitMs >= latest) return answer;
    await delay(waitMs, signal);
    limitMs = Math.min(timeoutMs, latest - performance.now());
  }
}
