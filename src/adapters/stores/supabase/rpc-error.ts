import { abortError } from '../../../core/abort.ts';
import { ConceptError, ERROR_CODES, type ErrorCode } from '../../../core/errors.ts';
import { gatewayText } from '../../supabase-gateway-text.ts';

/** A refusal as the API client gives it; status 0: there was no answer. */
export interface CallFailure {
  readonly message: string;
  /** Missing when it was the gateway that answered. */
  readonly code?: string | undefined;
  readonly details?: string | null | undefined;
  readonly hint?: string | null | undefined;
  readonly status: number;
}

/** Which call failed, and how to tell of it. */
export interface FailedCall {
  readonly routine: string;
  readonly signal: AbortSignal | undefined;
  /** Takes keys out of a text. */
  readonly redact: (text: string) => string;
}

interface Meaning {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly retryable?: boolean;
}

const MOST_SAID = 500;
const REASON = /^Caused by: \w*Error: (.+?)(?: \([A-Z_]+\))?$/m;
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

const REFUSED: Meaning = { code: 'NOT_ALLOWED', hint: 'check the key and whose it is with: concept doctor' };
/** By the code of Postgres or of the API before it; classes of Postgres by their two first characters. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  PGRST202: { code: 'STORE_UNAVAILABLE', hint: 'apply the migrations with: concept db migrate', retryable: false },
  PGRST303: { code: 'NOT_ALLOWED', hint: 'sign in again: the token is no longer in force' },
  '53100': { code: 'STORAGE_FULL', hint: 'give the project a larger disk, or remove what is old with: concept gc' },
  '25006': { code: 'STORAGE_READ_ONLY', hint: 'the project is read-only, as it becomes when its disk is full' },
  '22': { code: 'INVALID_INPUT', hint: 'the database cannot store a value: check texts for control characters' },
  XX: { code: 'STORE_CORRUPT', hint: 'look at the log of the database; restore it from a backup if it is damaged' },
};

/** Whether the same call may succeed when it is made again. */
export function isPassing({ status, code = '' }: CallFailure): boolean {
  return PASSING_STATUSES.has(status) || PASSING_CODES.has(code);
}

/** What a failed call means to its caller; nothing in it shows a key. */
export function rpcError(failure: CallFailure, { routine, signal, redact }: FailedCall): ConceptError {
  if (signal?.aborted) return abortError(signal);
  const said = redact(failure.message);
  const cause = { ...failure, message: said, details: redact(failure.details ?? ''), hint: redact(failure.hint ?? '') };
  const own = ownDetails(failure);
  if (own) return new ConceptError(own.code, said, { hint: own.hint, field: own.field, cause });
  const { code, hint, retryable } = meaningOf(failure);
  return new ConceptError(code, messageOf(cause, routine), { hint, retryable, cause });
}

/** @param failure with nothing in it that is secret. */
function messageOf({ code, status, message, details }: CallFailure, routine: string): string {
  if (code === 'PGRST202') return `the database has no function ${routine}`;
  if (status !== 0) return `the database did not carry out ${routine}: ${gatewayText(message, MOST_SAID)}`;
  // That the request failed is all the client says; the reason lies below.
  const reason = REASON.exec(details ?? '')?.[1] ?? message.replace(/^\w*Error: /, '');
  return `the database does not answer ${routine}: ${gatewayText(reason, MOST_SAID)}`;
}

function meaningOf(failure: CallFailure): Meaning {
  const { code = '', status } = failure;
  const known = MEANINGS[code];
  if (known) return known;
  if (status === 401 || status === 403) return REFUSED;
  const ofClass = /^\w{5}$/.test(code) ? MEANINGS[code.slice(0, 2)] : undefined;
  if (ofClass) return ofClass;
  const hint = 'check the address and the network, or wait until it is back: concept doctor';
  return { code: 'STORE_UNAVAILABLE', hint, retryable: isPassing(failure) };
}

/** An answer that is none: an empty page can look like success to the client. */
export function noAnswer(routine: string, url: string): ConceptError {
  return new ConceptError('STORE_UNAVAILABLE', `${url} gave no answer of ours to ${routine}`, {
    retryable: false,
    hint: 'check the address in CONCEPT_SUPABASE_URL: concept doctor',
  });
}

interface OwnDetails {
  readonly code: ErrorCode;
  readonly hint?: string;
  readonly field?: string;
}

/** What our own functions say of an error, beside its message. */
function ownDetails({ code = '', details }: CallFailure): OwnDetails | undefined {
  if (!code.startsWith('PT')) return undefined;
  try {
    const own = JSON.parse(details ?? '') as OwnDetails;
    return own.code in ERROR_CODES ? own : undefined;
  } catch {
    return undefined;
  }
}
