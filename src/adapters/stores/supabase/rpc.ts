import { randomUUID } from 'node:crypto';
import { delay, throwIfAborted } from '../../../core/abort.ts';
import { backoffMs } from '../../../core/retry.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { CallOptions } from '../../../ports/task-store.ts';
import type { SupabaseConnection } from '../../supabase-connection.ts';
import { type CallFailure, isPassing, noAnswer, rpcError } from './rpc-error.ts';

/** Calls the SQL functions; every one may be made again. */
export interface Rpc {
  /**
   * Every function answers with a JSON object; anything else is taken for a wrong address.
   * @param name without `concept_` and suffix. @throws ConceptError
   */
  read<T>(name: string, request: object, options?: CallOptions): Promise<T>;
  /**
   * Like {@link read}; all tries carry one `writeId`, by which the function knows a repeat: a fresh one, or that of the request.
   * @throws ConceptError
   */
  write<T>(name: string, request: object, options?: CallOptions): Promise<T>;
}

export interface RpcOptions {
  readonly connection: SupabaseConnection;
  readonly suffix: string;
  readonly clock: Pick<Clock, 'random'>;
  /** How long all tries of a call may take together, default 10,000 ms. */
  readonly patienceMs?: number | undefined;
}

const DEFAULT_PATIENCE_MS = 10_000;
const BACKOFF = { baseMs: 100, capMs: 2_000 };

/** The client repeats no call that changes anything: this does, as a function that was carried out already only answers again. */
export function supabaseRpc({ connection, suffix, clock, patienceMs = DEFAULT_PATIENCE_MS }: RpcOptions): Rpc {
  const call = async <T>(name: string, request: object, signal: AbortSignal | undefined): Promise<T> => {
    const routine = `concept_${name}${suffix}`;
    const latest = performance.now() + patienceMs;
    for (let tries = 1; ; tries++) {
      throwIfAborted(signal);
      const { data, error, status } = await connection.within(signal, (client) => client.rpc(routine, { request }));
      const failure: CallFailure | null = error ? { ...error, status } : null;
      if (!failure && isAnswer(data)) return data as T;
      if (!failure) throw noAnswer(routine, connection.url);
      const waitMs = backoffMs(tries, clock.random(), BACKOFF);
      const isLast = signal?.aborted || !isPassing(failure) || performance.now() + waitMs > latest;
      if (isLast) throw rpcError(failure, { routine, signal, redact: connection.redact });
      await delay(waitMs, signal);
    }
  };
  return {
    read: (name, request, options) => call(name, request, options?.signal),
    write: (name, request, options) => call(name, { writeId: randomUUID(), ...request }, options?.signal),
  };
}

/** Nothing, or a list, is what the client makes of the missing page of a wrong address. */
function isAnswer(data: unknown): boolean {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}
