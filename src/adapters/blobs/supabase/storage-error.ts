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
  // Of a request that never reached an answer there is no status.
  return failure.statusCode === undefined ? failure.name !== 'StorageApiError' : PASSING.has(failure.statusCode);
}

export function isMissing({ statusCode, message }: StorageFailure): boolean {
  return statusCode === '404' || (statusCode === '400' && /not.?found/i.test(message));
}

/** @param subject what was asked for, such as a path. */
export function storageError(failure: StorageFailure, subject: string, signal: AbortSignal | undefined): ConceptError {
  if (signal?.aborted) return abortError(signal);
  const bucketIsMissing = /bucket not found/i.test(failure.message);
  if (isMissing(failure) && !bucketIsMissing) {
    return blobNotFound(subject, failure);
  }
  const meaning = bucketIsMissing
    ? ({ code: 'INVALID_CONFIG', hint: 'make the bucket, or name another: concept doctor' } as const)
    : (MEANINGS[failure.statusCode ?? ''] ?? {
        code: 'STORE_UNAVAILABLE',
        hint: 'check the address and the network, or wait until the storage is back: concept doctor',
      });
  return new ConceptError(meaning.code, `the storage refused ${subject}: ${gatewayText(failure.message, MOST_SAID)}`, {
    hint: meaning.hint,
    cause: failure,
    ...(meaning.code === 'STORE_UNAVAILABLE' && { retryable: isPassing(failure) }),
  });
}

export function blobNotFound(path: string, cause?: unknown): ConceptError {
  return new ConceptError('BLOB_NOT_FOUND', `there is no blob ${path}`, { cause });
}
