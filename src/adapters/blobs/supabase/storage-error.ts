import { abortError } from '../../../core/abort.ts';
import { ConceptError, type ErrorCode } from '../../../core/errors.ts';
import { gatewayText } from '../../supabase-gateway-text.ts';

const MOST_SAID = 200;

/** An error as the storage client gives it: `statusCode` is the server's, a text; `status` is 400 for almost all. */
export interface StorageFailure {
  readonly name: string;
  readonly message: string;
  readonly status?: number | undefined;
  readonly statusCode?: string | undefined;
  readonly originalError?: unknown;
}

interface Meaning {
  readonly code: ErrorCode;
  readonly hint: string;
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  '401': { code: 'NOT_ALLOWED', hint: 'check the keys: concept doctor' },
  '403': { code: 'NOT_ALLOWED', hint: 'the policies of the bucket refuse it: concept doctor' },
  '413': { code: 'INVALID_INPUT', hint: 'raise the size limit of the bucket' },
  '415': { code: 'INVALID_INPUT', hint: 'let the bucket take files of this type' },
};
/** Answers that may be others the next time. */
const PASSING = new Set(['408', '423', '429', '500', '502', '503', '504', '520', '521', '522', '523', '524', '544']);

/** Whether the same request may succeed when it is made again. */
export function isPassing(failure: StorageFailure): boolean {
  return isUnanswered(failure) || PASSING.has(failure.statusCode ?? '');
}

function isUnanswered({ name, statusCode }: StorageFailure): boolean {
  return statusCode === undefined && name !== 'StorageApiError';
}

export function isMissing({ statusCode, message }: StorageFailure): boolean {
  return statusCode === '404' || (statusCode === '400' && /not.?found/i.test(message));
}

/** Which request failed, and how to tell of it. */
export interface FailedRequest {
  /** What was asked for, such as a path. */
  readonly subject: string;
  readonly signal: AbortSignal | undefined;
  /** Takes keys out of a text. */
  readonly redact: (text: string) => string;
}

/** What a failed request means to its caller; nothing in it shows a key. */
export function storageError(failure: StorageFailure, { subject, signal, redact }: FailedRequest): ConceptError {
  if (signal?.aborted) return abortError(signal);
  const { name, status, statusCode } = failure;
  const said = redact(withReason(failure));
  const cause = { name, message: said, status, statusCode };
  const bucketIsMissing = /bucket not found/i.test(failure.message);
  if (isMissing(failure) && !bucketIsMissing) return blobNotFound(subject, cause);
  const meaning = bucketIsMissing
    ? ({ code: 'INVALID_CONFIG', hint: 'make the bucket, or name another: concept doctor' } as const)
    : (MEANINGS[failure.statusCode ?? ''] ?? {
        code: 'STORE_UNAVAILABLE',
        hint: 'check the address and the network, or wait until the storage is back: concept doctor',
      });
  const what = isUnanswered(failure) ? 'does not answer for' : 'refused';
  return new ConceptError(meaning.code, `the storage ${what} ${subject}: ${gatewayText(said, MOST_SAID)}`, {
    hint: meaning.hint,
    cause,
    ...(meaning.code === 'STORE_UNAVAILABLE' && { retryable: isPassing(failure) }),
  });
}

/** What the client says of a request that found nobody is only that it failed; the reason lies below. */
function withReason({ message, originalError }: StorageFailure): string {
  const reason = originalError instanceof Error ? originalError.cause : undefined;
  return reason instanceof Error && reason.message !== '' ? `${message}: ${reason.message}` : message;
}

export function blobNotFound(path: string, cause?: unknown): ConceptError {
  return new ConceptError('BLOB_NOT_FOUND', `there is no blob ${path}`, { cause });
}
