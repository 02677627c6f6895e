export interface BackoffOptions {
  /** Upper bound of the first delay, default 1,000 ms. */
  readonly baseMs?: number;
  /** Upper bound of any delay, default 60,000 ms. */
  readonly capMs?: number;
  /** The failed upstream's Retry-After; the delay is never shorter. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * Exponential backoff with full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter", 2015).
 * @param attempt attempts made so far, from 1.
 * @param random a number in [0, 1).
 * @returns milliseconds to wait.
 */
export function backoffMs(attempt: number, random: number, options: BackoffOptions = {}): number {
  const { baseMs = 1_000, capMs = 60_000, retryAfterMs = 0 } = options;
  const ceiling = Math.min(capMs, baseMs * 2 ** (attempt - 1));
  return Math.max(retryAfterMs, Math.round(random * ceiling));
}

/**
 * A pause of about `ms`, so that many workers do not do the same at the same time.
 * @param random a number in [0, 1).
 */
export function jittered(ms: number, random: number): number {
  return Math.round(ms * (0.75 + random / 2));
}
