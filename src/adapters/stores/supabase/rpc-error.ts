import { abortError } from '../../../core/abort.ts';
import { ConceptError, ERROR_CODES, type ErrorCode } from '../../../core/errors.ts';

/** A refusal as the API client gives it; status 0: there was no answer. */
export interface CallFailure {
  readonly message: string;
  /** Missing where a gateway answered. */
  readonly code?: string | undefined;
  readonly details?: string | null;
  readonly hint?: string | null;
  readonly status: number;
}

const PASSING_STATUSES = new Set([0, 408, 429, 502, 503, 504, 520, 521, 522, 523, 524]);
/** Serialization failure, deadlock, lock not available, statement timeout, shutdown; a pool or schema cache that is not ready. */
const PASSING_CODES = new Set([
  '40001',
  '40P01',
  '55P03',
  '57014',
  '57P01',
  'PGRST000',
  'PGRST001',
  'PGRST002',
  'PGRST003',
]);

/** Whether the same call may succeed when it is made again. */
export function isPassing({ status, code }: CallFailure): boolean {
  return PASSING_STATUSES.has(status) || PASSING_CODES.has(code ?? '');
}

/** What our own functions say of an error, beside its message. */
interface OwnDetails {
  readonly code?: string;
  readonly hint?: string;
  readonly field?: string;
}

export function rpcError(failure: CallFailure, routine: string, signal: AbortSignal | undefined): ConceptError {
  if (signal?.aborted) return abortError(signal);
  const { message, code, status } = failure;
  const own = code?.startsWith('PT') ? ownDetails(failure.details) : undefined;
  if (own)
    return new ConceptError(own.code as ErrorCode, message, { hint: own.hint, field: own.field, cause: failure });
  if (code === 'PGRST202') {
    return new ConceptError('STORE_UNAVAILABLE', `the database has no function ${routine}`, {
      retryable: false,
      hint: 'apply the migrations with: concept db migrate',
      cause: failure,
    });
  }
  if (status === 401 || status === 403) {
    return new ConceptError('NOT_ALLOWED', `the database refused ${routine}: ${oneLine(message)}`, {
      hint: 'check the key and whose it is with: concept doctor',
      cause: failure,
    });
  }
  return new ConceptError('STORE_UNAVAILABLE', `the database did not carry out ${routine}: ${oneLine(message)}`, {
    retryable: isPassing(failure),
    hint: 'check the address and the network, or wait until it is back: concept doctor',
    cause: failure,
  });
}

/** An answer that is none: an empty page can look like success to the client. */
export function noAnswer(routine: string, url: string): ConceptError {
  return new ConceptError('STORE_UNAVAILABLE', `${url} gave no answer to ${routine}`, {
    retryable: false,
    hint: 'check the address in CONCEPT_SUPABASE_URL: concept doctor',
  });
}

function ownDetails(details: string | null | undefined): OwnDetails | undefined {
  try {
    const own = JSON.parse(details ?? '') as OwnDetails;
    return own.code !== undefined && own.code in ERROR_CODES ? own : undefined;
  } catch {
    return undefined;
  }
}

/** Gateways answer with whole pages. */
function oneLine(message: string): string {
  const text = message
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return text.slice(0, 200) || 'no reason given';
}
