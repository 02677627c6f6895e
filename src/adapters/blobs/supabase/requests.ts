import { throwIfAborted } from '../../../core/abort.ts';
import { ConceptError } from '../../../core/errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { SupabaseConnection } from '../../supabase-connection.ts';
import { repeatedly } from '../../supabase-tries.ts';
import { isPassing, type StorageFailure, storageError } from './storage-error.ts';

type Client = SupabaseConnection['client'];
export type StorageBucket = ReturnType<Client['storage']['from']>;
/** What the storage client answers with. */
export type StorageAnswer<T> =
  | { readonly data: T; readonly error: null }
  | { readonly data: null; readonly error: StorageFailure };

/** What a request is about, for its errors, and how long it is wanted. */
export interface RequestSubject {
  readonly subject: string;
  readonly signal: AbortSignal | undefined;
  /** Size of what is uploaded, default 0: it adds to the time that the request may take. */
  readonly bytes?: number | undefined;
}

/** Requests to the storage, few at a time; those that may be made again are. */
export interface StorageRequests {
  /** @throws ConceptError */
  send<T>(about: RequestSubject, request: (client: Client) => PromiseLike<StorageAnswer<T>>): Promise<NonNullable<T>>;
  /** Undefined when the blob is missing. @throws ConceptError */
  find<T>(
    about: RequestSubject,
    request: (client: Client) => PromiseLike<StorageAnswer<T>>,
  ): Promise<NonNullable<T> | undefined>;
}

/** Uploads of one process at the same time: more only lengthen each. */
const MAX_AT_ONCE = 16;
const MOST_TRIES = 4;
const BACKOFF = { baseMs: 200, capMs: 3_000 };
const DEFAULT_PATIENCE_MS = 10_000;
/**
 * An upload that goes well takes as long as its bytes do: at 4 Mbit/s, the slowest line to wait for, 40 s for the largest image
 * that is taken in. Whoever has a slower one gives each request longer.
 */
const SLOWEST_BYTES_PER_MS = 500;

export interface StorageRequestsOptions {
  readonly connection: SupabaseConnection;
  readonly clock: Pick<Clock, 'random'>;
  /** How long all tries of a request may take together beside the time for its bytes, default 10,000 ms. */
  readonly patienceMs?: number | undefined;
}

/** Every request here may be repeated: paths are immutable, and what was removed stays removed. */
export function storageRequests(options: StorageRequestsOptions): StorageRequests {
  const { connection, clock, patienceMs = DEFAULT_PATIENCE_MS } = options;
  const turns = createTurns(MAX_AT_ONCE);

  const send = async <T>(
    { subject, signal, bytes = 0 }: RequestSubject,
    request: (client: Client) => PromiseLike<StorageAnswer<T>>,
  ): Promise<NonNullable<T>> => {
    throwIfAborted(signal);
    const transferMs = bytes / SLOWEST_BYTES_PER_MS;
    const tries = {
      signal,
      timeoutMs: connection.timeoutMs + transferMs,
      patienceMs: patienceMs + transferMs,
      most: MOST_TRIES,
      backoff: BACKOFF,
      clock,
    };
    // All tries are one turn: the time for them does not run while others are in line before.
    const { data, error } = await turns(() =>
      repeatedly(
        (limits) => connection.within(limits, request),
        (answer) => answer.error !== null && isPassing(answer.error),
        tries,
      ),
    );
    if (error === null) return demandAnswer(data, subject);
    throw storageError(error, { subject, signal, redact: connection.redact });
  };

  return {
    send,
    find: async (about, request) => {
      try {
        return await send(about, request);
      } catch (thrown) {
        if ((thrown as { readonly code?: string }).code === 'BLOB_NOT_FOUND') return undefined;
        throw thrown;
      }
    },
  };
}

/** Nothing at all is no answer of a storage, but it is what a wrong address can give. */
function demandAnswer<T>(data: T, subject: string): NonNullable<T> {
  if (data !== null && data !== undefined) return data;
  throw new ConceptError('STORE_UNAVAILABLE', `the storage gave an empty answer for ${subject}`, {
    retryable: false,
    hint: 'check the address in CONCEPT_SUPABASE_URL: concept doctor',
  });
}

/** Runs at most `limit` pieces of work at the same time, in the order in which they come. */
function createTurns(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      // The place is handed on: nobody who comes now gets it first.
      if (next) next();
      else running -= 1;
    }
  };
}
