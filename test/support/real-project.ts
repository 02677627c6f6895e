import pg from 'pg';
import { migrateDatabase } from '../../src/adapters/stores/supabase/migrate.ts';
import { supabaseStore } from '../../src/adapters/stores/supabase.ts';
import { connectSupabase, type SupabaseConnection } from '../../src/adapters/supabase-connection.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { CreditCosts, Store } from '../../src/ports/store.ts';

/** A project on somebody's servers, in which tests have a deployment of their own. */
export interface RealProject {
  /** Empties the deployment. */
  clear(): Promise<void>;
  /** The time of the clock is the database's in each call. */
  store(options: { readonly clock: Clock; readonly credits?: CreditCosts | undefined }): Store;
  close(): Promise<void>;
}

export interface RealProjectSettings {
  readonly url: string;
  readonly serviceRole: string;
  readonly databaseUrl: string;
}

/** No deployment in use is called that: its rows are deleted by every test. */
const SUFFIX = '_contract_tests';
const NAMES = {
  suffix: SUFFIX,
  tasks: `tasks${SUFFIX}`,
  concepts: `concepts${SUFFIX}`,
  variations: `color_variations${SUFFIX}`,
  conceptBucket: `concepts${SUFFIX}`,
  paletteBucket: `palettes${SUFFIX}`,
};
const CLOCK_HEADER = 'x-concept-now';
const FAKE_CLOCK = `
  create or replace function concept_private${SUFFIX}.now() returns timestamptz language sql volatile set search_path = ''
  as $$ select coalesce(
    (nullif(current_setting('request.headers', true), '')::jsonb ->> '${CLOCK_HEADER}')::timestamptz,
    date_trunc('milliseconds', clock_timestamp())) $$`;

const VARIABLES = {
  url: 'CONCEPT_TEST_SUPABASE_URL',
  serviceRole: 'CONCEPT_TEST_SUPABASE_SERVICE_ROLE',
  databaseUrl: 'CONCEPT_TEST_DATABASE_URL',
} as const;

/** What the environment says, or why tests over a real project are skipped. */
export function realProjectSettings(): RealProjectSettings | { readonly missing: string } {
  const { url, serviceRole, databaseUrl } = Object.fromEntries(
    Object.entries(VARIABLES).map(([name, variable]) => [name, process.env[variable]]),
  );
  if (url && serviceRole && databaseUrl) return { url, serviceRole, databaseUrl };
  const unset = Object.values(VARIABLES).filter((variable) => !process.env[variable]);
  return {
    missing: `no real project: set ${unset.join(', ')}; the time of the tests is set, and rows are deleted, through the last`,
  };
}

/** Makes the deployment where there is none yet. */
export async function openRealProject({ url, serviceRole, databaseUrl }: RealProjectSettings): Promise<RealProject> {
  await migrateDatabase({ databaseUrl, names: NAMES });
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  await database.query(FAKE_CLOCK);
  await database.query("notify pgrst, 'reload schema'");
  const { rows } = await database.query<{ name: string }>(`
    select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and c.relname <> 'migrations'
      and (n.nspname = 'concept_private${SUFFIX}' or n.nspname = 'public' and right(c.relname, ${SUFFIX.length}) = '${SUFFIX}')`);
  const connection = connectSupabase({ url, key: serviceRole });
  return {
    clear: async () => void (await database.query(`truncate ${rows.map(({ name }) => name).join(', ')} cascade`)),
    store: ({ clock, credits }) =>
      supabaseStore({ connection: withTimeOf(clock, connection), clock, suffix: SUFFIX, credits }),
    close: () => database.end(),
  };
}

/** The same client, whose calls tell the time. */
function withTimeOf(clock: Clock, connection: SupabaseConnection): SupabaseConnection {
  const client = new Proxy(connection.client, {
    get: (target, property) =>
      property === 'rpc'
        ? (name: string, request: object) =>
            target.rpc(name, request).setHeader(CLOCK_HEADER, new Date(clock.now()).toISOString())
        : (Reflect.get(target, property) as unknown),
  });
  return { ...connection, client, within: (limits, work) => connection.within(limits, () => work(client)) };
}
