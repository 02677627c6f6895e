import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe } from 'vitest';
import { supabaseBlobs } from '../../../src/adapters/blobs/supabase.ts';
import { supabaseStore } from '../../../src/adapters/stores/supabase.ts';
import { connectSupabase } from '../../../src/adapters/supabase-connection.ts';
import { systemClock } from '../../../src/adapters/system-clock.ts';
import { testBlobs } from '../../contracts/blobs.ts';
import { testStore } from '../../contracts/store.ts';

/** A project for tests alone: its tables are emptied before each test, and its clock is replaced by the tests' own. */
const {
  CONCEPT_TEST_SUPABASE_URL: url,
  CONCEPT_TEST_SUPABASE_SERVICE_ROLE: key = '',
  CONCEPT_TEST_SUPABASE_DATABASE_URL: databaseUrl,
} = process.env;

/** Not asked for in CI: nobody's project is named there. */
const isMissing = url === undefined || databaseUrl === undefined;
if (isMissing) {
  process.stderr.write(
    'skipped: no project is named by CONCEPT_TEST_SUPABASE_URL and …_DATABASE_URL (docs/production.md)\n',
  );
}

/** Each request tells the time; a deployment's own function never looks at what a request says. */
const CLOCK_OF_REQUESTS = `
  create or replace function concept_private.now() returns timestamptz language sql volatile set search_path = ''
  as $$ select coalesce((nullif(current_setting('request.headers', true), '')::json ->> 'x-concept-now')::timestamptz,
    date_trunc('milliseconds', clock_timestamp())) $$`;
const CLOCK_OF_DATABASE = `
  create or replace function concept_private.now() returns timestamptz language sql volatile set search_path = ''
  as $$ select date_trunc('milliseconds', clock_timestamp()) $$`;
const EMPTY = `truncate public.tasks, public.concepts, public.color_variations, public.task_results, concept_private.events,
  concept_private.checkpoints, concept_private.fair_turns, concept_private.workers, concept_private.batches,
  concept_private.blob_refs, concept_private.credit_accounts, concept_private.credit_ledger restart identity cascade`;

describe.skipIf(isMissing)('a hosted project', () => {
  let database: pg.Client;
  beforeAll(async () => {
    database = new pg.Client({ connectionString: databaseUrl });
    await database.connect();
    await database.query(CLOCK_OF_REQUESTS);
  });
  afterAll(async () => {
    await database?.query(CLOCK_OF_DATABASE);
    await database?.end();
  });

  testStore('Supabase', async ({ clock, credits }) => {
    await database.query(EMPTY);
    const withTime: typeof fetch = (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set('x-concept-now', new Date(clock.now()).toISOString());
      return fetch(input, { ...init, headers });
    };
    const open = () =>
      supabaseStore({ connection: connectSupabase({ url: url!, key, fetch: withTime }), clock, credits });
    return { store: open(), reopen: async () => open(), cleanup: () => Promise.resolve() };
  });

  testBlobs('Supabase Storage', async () => {
    const { client, ...connection } = connectSupabase({ url: url!, key });
    const buckets = { concept: `test-${randomUUID()}`, palette: `test-${randomUUID()}` };
    for (const bucket of Object.values(buckets)) await client.storage.createBucket(bucket, { public: false });
    const blobs = supabaseBlobs({ connection: { client, ...connection }, buckets, clock: systemClock });
    const remove = async (bucket: string): Promise<void> => {
      for await (const { path } of blobs.list('')) await blobs.remove(path);
      await client.storage.deleteBucket(bucket);
    };
    return { blobs, cleanup: async () => void (await Promise.all(Object.values(buckets).map(remove))) };
  });
});
