import { ConceptError } from '../../../core/errors.ts';
import { nameOf } from './blocked-url.ts';

const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([408, 425, 429]);
// A server that asks for more than a day is not worth waiting for.
const LONGEST_RETRY_AFTER_MS = 86_400_000;

/** The error for an answer other than 2xx or a redirect. */
export function ofStatus(url: URL, status: number, retryAfter: string | undefined, now: number): ConceptError {
  const retryable = status >= 500 || RETRYABLE_STATUSES.has(status);
  return new ConceptError('IMAGE_FETCH_FAILED', `${nameOf(url)} answered with status ${status}`, {
    retryable,
    retryAfterMs: retryable ? retryAfterMs(retryAfter, now) : undefined,
    hint: retryable ? 'the server may answer later' : 'check that the URL can be opened without signing in',
  });
}

/** The error for a connection that failed: refused, reset, unknown host, TLS. */
export function ofConnection(url: URL, thrown: unknown): ConceptError {
  if (ConceptError.isInstance(thrown)) return thrown;
  const code = (thrown as NodeJS.ErrnoException | undefined)?.code ?? 'unknown error';
  return new ConceptError('IMAGE_FETCH_FAILED', `${nameOf(url)} could not be fetched (${code})`, {
    cause: thrown,
    hint: 'check the URL; the server may answer later',
  });
}

/** Retry-After is either seconds or a date (RFC 9110, 10.2.3). */
function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const wait = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(wait) ? Math.min(LONGEST_RETRY_AFTER_MS, Math.max(0, wait)) : undefined;
}
