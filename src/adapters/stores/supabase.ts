import type { Clock } from '../../ports/clock.ts';
import type { CreditCosts, Store } from '../../ports/store.ts';
import type { TaskQueue } from '../../ports/task-queue.ts';
import type { SupabaseConnection } from '../supabase-connection.ts';
import { createCallOrder } from './supabase/call-order.ts';
import { diagnoseSupabase } from './supabase/diagnose.ts';
import { type ImageBaseUrls, supabaseLeases } from './supabase/leases.ts';
import { supabaseOutbox } from './supabase/outbox.ts';
import {
  supabaseBatches,
  supabaseConcepts,
  supabaseCredits,
  supabaseEvents,
  supabaseResults,
  supabaseRetention,
} from './supabase/reads.ts';
import { supabasePollingQueue } from './supabase/polling-queue.ts';
import { type Rpc, supabaseRpc } from './supabase/rpc.ts';
import { supabaseBulkChanges, supabaseTasks } from './supabase/tasks.ts';
import { supabaseWorkers } from './supabase/workers.ts';

export interface SupabaseStoreOptions {
  readonly connection: SupabaseConnection;
  readonly clock: Clock;
  /** Ending of the functions' names, default none. */
  readonly suffix?: string | undefined;
  /** Credits per task; left out, credits are off. */
  readonly credits?: CreditCosts | undefined;
  /** Where images can be read by whoever may, before their paths; for the readers of an older API. */
  readonly imageBaseUrls?: ImageBaseUrls | undefined;
  /** How long a call is tried while the project is away, default 10,000 ms. */
  readonly patienceMs?: number | undefined;
}

/** A store, and the queue that it is for workers without another. */
export interface SupabaseBackend {
  readonly store: Store;
  readonly queue: TaskQueue;
}

const NO_URLS: ImageBaseUrls = { concept: '', palette: '' };

/**
 * Records in the Postgres of a Supabase project; every read and change is an SQL function of its own.
 * Leases end by the database's clock.
 * @throws (each call) ConceptError STORE_UNAVAILABLE, NOT_ALLOWED; see the ports.
 */
export function openSupabase(options: SupabaseStoreOptions): SupabaseBackend {
  const { connection, clock, suffix = '', patienceMs } = options;
  const rpc = supabaseRpc({ connection, suffix, clock, patienceMs });
  return { store: storeOver(rpc, options), queue: supabasePollingQueue(rpc, clock) };
}

/** The store of {@link openSupabase} alone. */
export function supabaseStore(options: SupabaseStoreOptions): Store {
  return openSupabase(options).store;
}

function storeOver(rpc: Rpc, options: SupabaseStoreOptions): Store {
  const { connection, clock, suffix = '', credits, imageBaseUrls = NO_URLS } = options;
  const order = createCallOrder();
  return {
    name: 'supabase',
    flags: { durable: true, shared: true, leaseClock: 'wall', remote: true, uncheckedInputs: true },
    tasks: supabaseTasks(rpc, credits),
    leases: supabaseLeases(rpc, order, { imageBaseUrls, clock }),
    workers: supabaseWorkers(rpc, order, credits),
    events: supabaseEvents(rpc, clock),
    concepts: supabaseConcepts(rpc),
    credits: supabaseCredits(rpc, credits),
    batches: supabaseBatches(rpc),
    bulk: supabaseBulkChanges(rpc, credits),
    results: supabaseResults(rpc),
    retention: supabaseRetention(rpc),
    outbox: supabaseOutbox(rpc),
    diagnose: (call) => diagnoseSupabase(rpc, { url: connection.url, suffix, clock }, call),
    close: () => Promise.resolve(),
  };
}
