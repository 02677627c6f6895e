import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../ports/clock.ts';
import type { CallOptions } from '../../../ports/task-store.ts';
import type { SupabaseConnection } from '../../supabase-connection.ts';
import { repeatedly } from '../../supabase-tries.ts';
import { type CallFailure, isPassing, noAnswer, rpcError } from './rpc-error.ts';
import type { Routine } from './routines.ts';

/** Calls the SQL functions; every one may be made again. */
export interface Rpc {
  /**
   * Every function answers with a JSON object; anything else is taken for a wrong address.
   * @throws ConceptError
   */
  read<T>(name: Routine, request: object, options?: CallOptions): Promise<T>;
  /**
   * Like {@link read}; all tries carry one `writeId`, by which the function knows a repeat: a fresh one, or that of the request.
   * @throws ConceptError
   */
  write<T>(name: Routine, request: object, options?: CallOptions): Promise<T>;
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
  const call = async <T>(name: Routine, request: object, signal: AbortSignal | undefined): Promise<T> => {
    const routine = `concept_${name}${suffix}`;
    const { timeoutMs } = connection;
    const { data, failure } = await repeatedly(
      async (limits) => {
        const { data, error, status } = await connection.within(limits, (client) => client.rpc(routine, { request }));
        return { data: data as unknown, failure: error ? ({ ...error, status } satisfies CallFailure) : undefined };
      },
      (answer) => answer.failure !== undefined && isPassing(answer.failure),
      { signal, timeoutMs, patienceMs, backoff: BACKOFF, clock },
    );
    if (failure) throw rpcError(failure, { routine, signal, redact: connection.redact });
    if (!isAnswer(data)) throw noAnswer(routine, connection.url);
    return data as T;
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
