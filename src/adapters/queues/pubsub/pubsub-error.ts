import { ConceptError } from '../../../core/errors.ts';

/** Status codes of gRPC (grpc.io/docs/guides/status-codes). */
export const STATUS = {
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  failedPrecondition: 9,
  unimplemented: 12,
  unauthenticated: 16,
} as const;

/** How the client begins when it gave up: the reason comes after it. */
const RETRIED = /^Total timeout of API \S+ exceeded \d+ milliseconds retrying error (Error: )?/;

const EMPTY_NOTE = /\.? Resolution note:\s*$/;

export function statusOf(thrown: unknown): number | undefined {
  const { code } = (thrown ?? {}) as { readonly code?: unknown };
  return typeof code === 'number' ? code : undefined;
}

/** @param subject such as `topic concept-tasks`. */
export function pubsubError(thrown: unknown, subject: string): ConceptError {
  if (ConceptError.isInstance(thrown)) return thrown;
  const message = oneLine(thrown);
  const status = statusOf(thrown);
  if (status === STATUS.notFound) {
    return new ConceptError('QUEUE_UNAVAILABLE', `there is no ${subject}`, {
      retryable: false,
      hint: 'create it with: concept init pubsub',
      cause: thrown,
    });
  }
  if (status === STATUS.permissionDenied || status === STATUS.unauthenticated) {
    return new ConceptError('NOT_ALLOWED', `Pub/Sub refuses ${subject}: ${message}`, {
      hint: 'grant the account of this process the roles pubsub.publisher, pubsub.subscriber and pubsub.viewer',
      cause: thrown,
    });
  }
  if (status === STATUS.invalidArgument) {
    return new ConceptError('INVALID_INPUT', `Pub/Sub refuses ${subject}: ${message}`, { cause: thrown });
  }
  return new ConceptError('QUEUE_UNAVAILABLE', `Pub/Sub does not answer for ${subject}: ${message}`, {
    hint: 'check the network, or wait until it is back: concept doctor',
    cause: thrown,
  });
}

function oneLine(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.replace(RETRIED, '').replace(EMPTY_NOTE, '').replace(/\s+/g, ' ').trim().slice(0, 200);
}
