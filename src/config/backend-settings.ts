import { address, choice, matching, number, whole } from './setting-parsers.ts';
import type { Environment, Setting } from './setting.ts';

const IDENTIFIER = matching(/^[a-z_][a-z0-9_]{0,50}$/, 'a lower-case SQL name of at most 51 letters, digits and "_"');
const BUCKET = matching(/^[a-z0-9][a-z0-9_.-]{0,99}$/, 'a bucket name of lower-case letters, digits, "-", "_" and "."');
const TOPIC = matching(
  /^[A-Za-z][A-Za-z0-9._~+%-]{2,254}$/,
  'a Pub/Sub name of 3 to 255 characters that begins with a letter',
);
const KEY = matching(/^\S+$/, 'a key without spaces');
/** The variables that only this program reads: who sets one of them means its backend. */
const SUPABASE_VARIABLES = ['CONCEPT_SUPABASE_URL', 'CONCEPT_SUPABASE_SERVICE_ROLE', 'CONCEPT_SUPABASE_KEY'];
const PUBSUB_SETTINGS = ['pubSubTopicId', 'pubSubSubscriptionId', 'pubSubDeadLetterTopicId'];

/** Where tasks, messages and images are kept, in an order in which each default can look at the settings before it. */
export const BACKEND_SETTINGS = {
  environment: {
    env: 'ENVIRONMENT',
    default: () => 'development',
    parse: matching(/^[A-Za-z0-9_.-]{1,64}$/, 'a short name of letters, digits, "-", "_" and "."'),
    summary: 'Name of the deployment; anything but `development` logs JSON lines',
  },
  supabaseUrl: {
    env: 'CONCEPT_SUPABASE_URL',
    aliases: ['NEXT_PUBLIC_SUPABASE_URL'],
    default: () => undefined,
    defaultText: 'none',
    parse: address(['https:', 'http:'], 'https://PROJECT.supabase.co'),
    summary: 'Address of the Supabase project',
  },
  supabaseKey: secret('CONCEPT_SUPABASE_KEY', 'Publishable (anon) key of the project'),
  supabaseServiceRole: {
    ...secret('CONCEPT_SUPABASE_SERVICE_ROLE', 'Secret (service role) key of the project, for workers and operators'),
    aliases: ['SUPABASE_SERVICE_ROLE_KEY'],
  },
  supabaseJwtSecret: {
    ...secret(
      'CONCEPT_SUPABASE_JWT_SECRET',
      'Signing secret of the project: a client for one user then reads with that user’s rights',
    ),
    parse: matching(/^.{8,}$/s, 'at least 8 characters'),
  },
  databaseUrl: {
    ...secret('CONCEPT_DATABASE_URL', 'Postgres connection for `concept db migrate` and `status`'),
    parse: address(['postgres:', 'postgresql:'], 'postgresql://postgres:PASSWORD@HOST:5432/postgres'),
  },
  dbTableTasks: table('TASKS', 'tasks', 'the tasks'),
  dbTableConcepts: table('CONCEPTS', 'concepts', 'the concepts'),
  dbTablePalettes: table('PALETTES', 'color_variations', 'the variations'),
  dbSuffix: {
    env: 'CONCEPT_DB_SUFFIX',
    default: (_environment, known) => /^tasks(_[a-z0-9_]+)$/.exec(String(known['dbTableTasks']))?.[1] ?? '',
    parse: matching(/^(_[a-z0-9_]{1,20})?$/, 'nothing, or "_" and up to 20 lower-case letters, digits and "_"'),
    defaultText: 'as dbTableTasks ends',
    summary: 'Ending of the names of functions and of tables that have no setting of their own',
  },
  storageBucketConcept: {
    env: 'CONCEPT_STORAGE_BUCKET_CONCEPT',
    default: () => 'concepts',
    parse: BUCKET,
    summary: 'Private bucket of base images, uploads and documents',
  },
  storageBucketPalette: {
    env: 'CONCEPT_STORAGE_BUCKET_PALETTE',
    default: () => 'palettes',
    parse: BUCKET,
    summary: 'Private bucket of variations',
  },
  signedUrlSeconds: {
    env: 'CONCEPT_SIGNED_URL_SECONDS',
    default: () => 3_600,
    parse: whole(1, 604_800),
    summary: 'How long the address of a stored image can be read by whoever has it',
  },
  gcpProjectId: {
    env: 'GCP_PROJECT_ID',
    aliases: ['GOOGLE_CLOUD_PROJECT'],
    default: () => undefined,
    defaultText: 'none',
    parse: matching(/^[a-z][a-z0-9-]{4,61}[a-z0-9]$/, 'a project id such as my-project-123'),
    summary: 'Google Cloud project of the topic',
  },
  gcpRegion: {
    env: 'GCP_REGION',
    default: () => undefined,
    defaultText: 'none',
    parse: matching(/^[a-z0-9-]{3,40}$/, 'a region such as europe-west1'),
    summary: 'Google Cloud region of the deployment',
  },
  pubSubEmulatorHost: {
    env: 'PUBSUB_EMULATOR_HOST',
    default: () => undefined,
    defaultText: 'none',
    parse: matching(/^[A-Za-z0-9.[\]:-]+:\d{1,5}$/, 'HOST:PORT'),
    summary: 'Pub/Sub emulator to use instead of the service, without credentials',
  },
  pubSubTopicId: topic('TOPIC_ID', 'Topic that tasks are published to'),
  pubSubSubscriptionId: topic('SUBSCRIPTION_ID', 'Subscription that workers pull from'),
  pubSubDeadLetterTopicId: topic('DEAD_LETTER_TOPIC_ID', 'Topic for messages that no task can be found for'),
  store: {
    env: 'CONCEPT_STORE',
    default: (environment, known) => (hasSupabase(environment, known) ? 'supabase' : 'sqlite'),
    parse: choice('sqlite', 'supabase'),
    defaultText: 'supabase when its address or a key is set, else sqlite',
    summary: 'Where tasks are recorded',
  },
  queue: {
    env: 'CONCEPT_QUEUE',
    default: (_environment, known) => (PUBSUB_SETTINGS.some((name) => known[name] !== undefined) ? 'pubsub' : 'store'),
    parse: choice('store', 'pubsub'),
    defaultText: 'pubsub when a topic or subscription is set, else store',
    summary: 'How workers learn of tasks: from the store itself, or through Google Pub/Sub',
  },
  blobs: {
    env: 'CONCEPT_BLOBS',
    default: (_environment, known) => (known['store'] === 'supabase' ? 'supabase' : 'files'),
    parse: choice('files', 'supabase'),
    defaultText: 'supabase with that store, else files',
    summary: 'Where images are kept',
  },
  requestTimeoutSeconds: {
    env: 'CONCEPT_REQUEST_TIMEOUT_SECONDS',
    default: () => 10,
    parse: number(0.1, 300),
    summary: 'How long one request to a remote backend may take',
  },
  republishSeconds: {
    env: 'CONCEPT_REPUBLISH_SECONDS',
    default: () => 300,
    parse: whole(10, 86_400),
    summary: 'When a published task that nobody took is published again',
  },
} as const satisfies Record<string, Setting<string | number | undefined>>;

/** Also with a part of what it needs: whoever forgot the rest is to hear of it, and not to work somewhere else. */
function hasSupabase(environment: Environment, { supabaseUrl }: Readonly<Record<string, unknown>>): boolean {
  if (SUPABASE_VARIABLES.some((name) => environment[name])) return true;
  // The aliases are other programs' variables: alone they do not choose a backend, a config file's own setting does.
  return supabaseUrl !== undefined && supabaseUrl !== environment['NEXT_PUBLIC_SUPABASE_URL']?.replace(/\/+$/, '');
}

function secret(env: string, summary: string) {
  return {
    env,
    default: () => undefined,
    defaultText: 'none',
    parse: KEY,
    summary,
    isSecret: true,
  } satisfies Setting<string | undefined>;
}

function table(suffix: string, name: string, what: string) {
  return {
    env: `CONCEPT_DB_TABLE_${suffix}`,
    default: () => name,
    parse: IDENTIFIER,
    summary: `Table of ${what}`,
  } satisfies Setting<string>;
}

function topic(suffix: string, summary: string) {
  return {
    env: `CONCEPT_PUB_SUB_${suffix}`,
    default: () => undefined,
    defaultText: 'none',
    parse: TOPIC,
    summary,
  } satisfies Setting<string | undefined>;
}
