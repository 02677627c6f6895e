import { join } from 'node:path';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { CreditCosts, Store } from '../ports/store.ts';
import type { TaskQueue } from '../ports/task-queue.ts';
import type { SupabaseConnection } from '../adapters/supabase-connection.ts';
import { assertBackends } from './check-backends.ts';
import type { BackendOpeners } from './examine.ts';
import type { Config } from './settings.ts';

/** The chosen store, queue and blob store. */
export interface Backends {
  readonly store: Store;
  readonly queue: TaskQueue;
  readonly blobs: BlobStore;
}

export interface OpenBackendsOptions {
  readonly clock: Clock;
  readonly credits: CreditCosts | undefined;
  /** With a signing secret at hand, the database itself then shows and changes only this user's rows. */
  readonly onlyUserId?: string | undefined;
}

/** How long a user's own token holds. */
const TOKEN_SECONDS = 3_600;

/**
 * Opens the backends that the configuration names; each is loaded by whoever chooses it.
 * @throws ConceptError INVALID_CONFIG for what a chosen backend lacks; STORE_*, STORAGE_* when an embedded one cannot be used.
 */
export async function openBackends(config: Config, options: OpenBackendsOptions): Promise<Backends> {
  assertBackends(config);
  const open = backendOpeners(config, options);
  return { store: await open.store(), queue: await open.queue(), blobs: await open.blobs() };
}

/** Opens each part when it is asked for; what two of them need is opened once. */
export function backendOpeners(config: Config, options: OpenBackendsOptions): BackendOpeners {
  const supabase = once(() => connect(config, options));
  const store = once(() => openStore(config, options, supabase));
  return {
    store: async () => (await store()).store,
    queue: once(async () => (config.queue === 'pubsub' ? openPubsub(config, options) : (await store()).queue)),
    blobs: once(() => openBlobs(config, options, supabase)),
  };
}

/** Opens at the first call; every call gives the same. */
export function once<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return () => (opened ??= open());
}

/** One client per process. */
async function connect(config: Config, { onlyUserId, clock }: OpenBackendsOptions): Promise<SupabaseConnection> {
  const { connectSupabase } = await import('../adapters/supabase-connection.ts');
  const { supabaseUrl: url, supabaseServiceRole, supabaseKey, supabaseJwtSecret, requestTimeoutSeconds } = config;
  const timeoutMs = requestTimeoutSeconds * 1_000;
  if (onlyUserId === undefined || supabaseJwtSecret === undefined || supabaseKey === undefined) {
    return connectSupabase({ url: url!, key: (supabaseServiceRole ?? supabaseKey)!, timeoutMs });
  }
  const { signUserToken } = await import('../adapters/supabase-user-token.ts');
  const accessToken = (): string =>
    signUserToken(onlyUserId, { secret: supabaseJwtSecret, clock, seconds: TOKEN_SECONDS });
  return connectSupabase({ url: url!, key: supabaseKey, accessToken, timeoutMs });
}

async function openStore(
  config: Config,
  { clock, credits }: OpenBackendsOptions,
  supabase: () => Promise<SupabaseConnection>,
): Promise<{ readonly store: Store; readonly queue: TaskQueue }> {
  if (config.store === 'supabase') {
    const { openSupabase } = await import('../adapters/stores/supabase.ts');
    const base = `${config.supabaseUrl}/storage/v1/object/authenticated`;
    const imageBaseUrls =
      config.blobs === 'supabase'
        ? { concept: `${base}/${config.storageBucketConcept}/`, palette: `${base}/${config.storageBucketPalette}/` }
        : undefined;
    return openSupabase({ connection: await supabase(), clock, suffix: config.dbSuffix, credits, imageBaseUrls });
  }
  const { openSqlite } = await import('../adapters/stores/sqlite.ts');
  return openSqlite({ file: join(config.home, 'concept.db'), clock, durability: config.durability, credits });
}

async function openPubsub(config: Config, { clock }: OpenBackendsOptions): Promise<TaskQueue> {
  const { pubsubQueue } = await import('../adapters/queues/pubsub.ts');
  return pubsubQueue({
    projectId: config.gcpProjectId!,
    topic: config.pubSubTopicId!,
    subscription: config.pubSubSubscriptionId,
    deadLetterTopic: config.pubSubDeadLetterTopicId,
    emulatorHost: config.pubSubEmulatorHost,
    concurrency: config.concurrency,
    taskTimeoutMs: config.taskTimeoutSeconds * 1_000,
    closeMs: Math.max(1_000, (config.graceSeconds - 2) * 1_000),
    clock,
  });
}

async function openBlobs(
  config: Config,
  { clock }: OpenBackendsOptions,
  supabase: () => Promise<SupabaseConnection>,
): Promise<BlobStore> {
  if (config.blobs === 'supabase') {
    const { supabaseBlobs } = await import('../adapters/blobs/supabase.ts');
    const buckets = { concept: config.storageBucketConcept, palette: config.storageBucketPalette };
    return supabaseBlobs({ connection: await supabase(), buckets, clock, urlSeconds: config.signedUrlSeconds });
  }
  const { filesystemBlobs } = await import('../adapters/blobs/filesystem.ts');
  return filesystemBlobs({ root: join(config.home, 'blobs'), clock });
}
