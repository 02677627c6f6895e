/**
 * The closed list of error codes. Codes are stable: scripts match on them.
 * `retryable` says whether the same attempt may succeed later without anybody changing anything.
 */
export const ERROR_CODES = {
  INVALID_INPUT: { retryable: false },
  INVALID_CONFIG: { retryable: false },
  TASK_NOT_FOUND: { retryable: false },
  CONCEPT_NOT_FOUND: { retryable: false },
  BLOB_NOT_FOUND: { retryable: false },
  IDEMPOTENCY_CONFLICT: { retryable: false },
  INVALID_TRANSITION: { retryable: false },
  NOT_ALLOWED: { retryable: false },
  INSUFFICIENT_CREDITS: { retryable: false },
  IMAGE_UNREADABLE: { retryable: false },
  IMAGE_UNSUPPORTED: { retryable: false },
  IMAGE_TOO_LARGE: { retryable: false },
  IMAGE_URL_BLOCKED: { retryable: false },
  IMAGE_FETCH_FAILED: { retryable: true },
  PROVIDER_FAILED: { retryable: true },
  PROVIDER_REFUSED: { retryable: false },
  PROVIDER_OUTCOME_UNKNOWN: { retryable: false },
  UNSUPPORTED_EDIT: { retryable: false },
  STORE_UNAVAILABLE: { retryable: true },
  QUEUE_UNAVAILABLE: { retryable: true },
  STORE_CORRUPT: { retryable: false },
  STORE_TOO_NEW: { retryable: false },
  STORAGE_FULL: { retryable: true },
  STORAGE_READ_ONLY: { retryable: false },
  BATCH_NOT_FOUND: { retryable: false },
  RESULT_TOO_LARGE: { retryable: false },
  LEASE_LOST: { retryable: false },
  LEASE_EXPIRED: { retryable: true },
  TASK_CANCELLED: { retryable: false },
  TIMEOUT: { retryable: true },
  ABORTED: { retryable: false },
  INTERNAL: { retryable: true },
} as const satisfies Record<string, { retryable: boolean }>;

export type ErrorCode = keyof typeof ERROR_CODES;

export interface ConceptErrorOptions {
  /** What the reader should do next, one sentence. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** Overrides the code's default. */
  readonly retryable?: boolean | undefined;
  /** Earliest sensible retry in milliseconds from now (an upstream's Retry-After). */
  readonly retryAfterMs?: number | undefined;
  /** The pipeline stage that failed. */
  readonly stage?: string | undefined;
  /** The input field at fault, in the caller's spelling. */
  readonly field?: string | undefined;
  /** Set when this is how a task ended: the error of the task, not of the call that asked for it. */
  readonly taskId?: string | undefined;
}

// `Symbol.for` survives duplicate copies of the package (two bundles, two versions), `instanceof` does not.
const MARK = Symbol.for('concept.error');

/** The only error type that leaves this package: a stable `code`, a one-line message, a hint and the cause. */
export class ConceptError extends Error {
  override readonly name = 'ConceptError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly hint: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly stage: string | undefined;
  readonly field: string | undefined;
  readonly taskId: string | undefined;
  readonly [MARK] = true;

  constructor(code: ErrorCode, message: string, options: ConceptErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? ERROR_CODES[code].retryable;
    this.hint = options.hint;
    this.retryAfterMs = options.retryAfterMs;
    this.stage = options.stage;
    this.field = options.field;
    this.taskId = options.taskId;
  }

  /** True for a ConceptError of any copy of this package. */
  static isInstance(value: unknown): value is ConceptError {
    return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[MARK] === true;
  }
}

/** Shorthand for the commonest error: the caller's input is wrong. `field` is named in the caller's spelling. */
export function invalidInput(field: string, problem: string, hint?: string): ConceptError {
  return new ConceptError('INVALID_INPUT', `${field}: ${problem}`, { field, hint });
}

/** Wraps anything thrown into a ConceptError; one that already is passes through unchanged. */
export function toConceptError(thrown: unknown, fallback: ErrorCode = 'INTERNAL'): ConceptError {
  if (ConceptError.isInstance(thrown)) return thrown;
  if (thrown instanceof Error && thrown.name === 'AbortError') {
    return new ConceptError('ABORTED', 'the operation was aborted', { cause: thrown });
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ConceptError(fallback, message, { cause: thrown });
}
