import type { ConceptError, ErrorCode } from '../core/errors.ts';

export const EXIT = {
  success: 0,
  taskFailed: 1,
  badInput: 2,
  notFound: 3,
  notAllowed: 4,
  unreachable: 5,
  partial: 6,
  timedOut: 124,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What a command exits with when it fails for this reason. */
export const EXIT_CODES = {
  INVALID_INPUT: EXIT.badInput,
  INVALID_CONFIG: EXIT.badInput,
  TASK_NOT_FOUND: EXIT.notFound,
  CONCEPT_NOT_FOUND: EXIT.notFound,
  BLOB_NOT_FOUND: EXIT.notFound,
  IDEMPOTENCY_CONFLICT: EXIT.badInput,
  INVALID_TRANSITION: EXIT.badInput,
  NOT_ALLOWED: EXIT.notAllowed,
  INSUFFICIENT_CREDITS: EXIT.notAllowed,
  IMAGE_UNREADABLE: EXIT.badInput,
  IMAGE_UNSUPPORTED: EXIT.badInput,
  IMAGE_TOO_LARGE: EXIT.badInput,
  IMAGE_URL_BLOCKED: EXIT.badInput,
  IMAGE_FETCH_FAILED: EXIT.unreachable,
  PROVIDER_FAILED: EXIT.unreachable,
  PROVIDER_REFUSED: EXIT.badInput,
  PROVIDER_OUTCOME_UNKNOWN: EXIT.unreachable,
  UNSUPPORTED_EDIT: EXIT.badInput,
  STORE_UNAVAILABLE: EXIT.unreachable,
  QUEUE_UNAVAILABLE: EXIT.unreachable,
  STORE_CORRUPT: EXIT.unreachable,
  STORE_TOO_NEW: EXIT.unreachable,
  STORAGE_FULL: EXIT.unreachable,
  STORAGE_READ_ONLY: EXIT.unreachable,
  BATCH_NOT_FOUND: EXIT.notFound,
  RESULT_TOO_LARGE: EXIT.badInput,
  LEASE_LOST: EXIT.taskFailed,
  LEASE_EXPIRED: EXIT.taskFailed,
  TASK_CANCELLED: EXIT.taskFailed,
  TIMEOUT: EXIT.timedOut,
  ABORTED: EXIT.interrupted,
  INTERNAL: EXIT.taskFailed,
} as const satisfies Record<ErrorCode, ExitCode>;

/** An error that is how a task ended is the task's failure, whatever its code. */
export function exitCodeOf(error: ConceptError): ExitCode {
  return error.taskId === undefined ? EXIT_CODES[error.code] : EXIT.taskFailed;
}
