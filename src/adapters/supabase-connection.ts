import { AsyncLocalStorage } from 'node:async_hooks';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { limitedTo, underOwn } from '../core/abort.ts';
import { redactor } from './supabase-redact.ts';

export interface SupabaseConnectionOptions {
  /** Such as `https://PROJECT.supabase.co`. */
  readonly url: string;
  /** Of the service role for workers and operators; else the publishable one. */
  readonly key: string;
  /** A user's token, or what makes one: what is read and changed is theirs. Default: the key is the identity. */
  readonly accessToken?: string | (() => string) | undefined;
  /** How long one request may take, body included, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number | undefined;
  /** Default: that of the platform. */
  readonly fetch?: typeof fetch | undefined;
}

/** What ends a call before its answer. */
export interface CallLimits {
  readonly signal?: AbortSignal | undefined;
  /** How long each of its requests may take. */
  readonly timeoutMs: number;
}

/** One client per process: each would keep sockets, and with sessions a timer, of its own. */
export interface SupabaseConnection {
  readonly url: string;
  readonly client: SupabaseClient;
  /** How long one request may take, if nothing else limits it. */
  readonly timeoutMs: number;
  /**
   * Runs calls of the client within limits that end their requests. The storage client takes none itself, and no client has a
   * time limit of its own: a server that stalls would be waited for for ever.
   */
  within<T>(limits: CallLimits, work: (client: SupabaseClient) => PromiseLike<T>): Promise<T>;
  /** A text without the keys and tokens that a server or the client may have put into it. */
  redact(text: string): string;
}

const DEFAULT_TIMEOUT_MS = 10_000;

export function connectSupabase(options: SupabaseConnectionOptions): SupabaseConnection {
  const { url, key, accessToken, timeoutMs = DEFAULT_TIMEOUT_MS, fetch: send = fetch } = options;
  const callLimits = new AsyncLocalStorage<CallLimits>();
  const limitedFetch: typeof fetch = (input, init) => {
    const limits = callLimits.getStore() ?? { timeoutMs };
    const wanted = AbortSignal.any([init?.signal, limits.signal].filter((signal) => signal != null));
    return send(input, { ...init, signal: limitedTo(Math.max(1, Math.ceil(limits.timeoutMs)), wanted) });
  };
  const client = createClient(url, key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: { fetch: limitedFetch },
    // Node 20 has no WebSocket, and a client without one refuses to be made; nothing here listens by one.
    realtime: { transport: NoWebSocket as never },
    ...(accessToken !== undefined && {
      accessToken: async () => (typeof accessToken === 'string' ? accessToken : accessToken()),
    }),
  });
  return {
    url,
    client,
    timeoutMs,
    within: (limits, work) =>
      underOwn(limits.signal, (signal) => callLimits.run({ ...limits, signal }, async () => work(client))),
    redact: redactor([key, ...(typeof accessToken === 'string' ? [accessToken] : [])]),
  };
}

/** The client wants a constructor. */
class NoWebSocket {
  constructor() {
    throw new Error('this client listens by no WebSocket');
  }
}
