import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { findPostgres, type PostgresPrograms } from './postgres/find-postgres.ts';
import { type PostgresServer, startPostgresServer } from './postgres/server.ts';

/** A database of its own with every migration applied. */
export interface TestDatabase {
  readonly name: string;
  /** As the API connects: a role that may become others, and nothing else. */
  readonly authenticatorUrl: string;
  readonly superuserUrl: string;
  /** As the superuser. */
  query<Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  drop(): Promise<void>;
}

export interface TestPostgres {
  readonly server: PostgresServer;
  /** A copy of the template, which takes some 30 ms. */
  createDatabase(options?: DatabaseOptions): Promise<TestDatabase>;
  stop(): Promise<void>;
}

export interface DatabaseOptions {
  /** Default `migrated`; `bare` is a Supabase project without anything of ours. */
  readonly template?: 'migrated' | 'bare';
  /** The time is what a request sets as `concept.now`. Default false. */
  readonly hasFakeClock?: boolean;
}

const MIGRATIONS = join(import.meta.dirname, '..', '..', 'supabase', 'migrations');
const BOOTSTRAP = join(import.meta.dirname, 'supabase-bootstrap.sql');

const FAKE_CLOCK = `
  create or replace function concept_private.now() returns timestamptz language sql volatile set search_path = ''
  as $$ select coalesce(nullif(current_setting('concept.now', true), '')::timestamptz,
    date_trunc('milliseconds', clock_timestamp())) $$`;

/** Where Postgres comes from, or why there is none: then tests skip, telling it; in CI they fail. */
export const POSTGRES: PostgresPrograms | { readonly missing: string } = findPostgres();
if ('missing' in POSTGRES && process.env['CI'] === 'true') throw new Error(POSTGRES.missing);

/** Whether tests that need Postgres are skipped here; tells why once. */
export function skipsPostgres(): boolean {
  if (!('missing' in POSTGRES)) return false;
  process.stderr.write(`skipped: ${POSTGRES.missing}\n`);
  return true;
}

/** A real server for the tests of one file. Its disk is not waited for: what a power cut does is not tested here. */
export async function startTestPostgres(
  programs: PostgresPrograms = POSTGRES as PostgresPrograms,
): Promise<TestPostgres> {
  const server = await startPostgresServer(programs);
  const run = async (database: string, sql: string): Promise<void> => {
    await withClient(server.urlOf('postgres', database), (client) => client.query(sql));
  };
  await run('postgres', 'create database bare');
  await run('bare', await readFile(BOOTSTRAP, 'utf8'));
  await run('postgres', 'create database migrated template bare');
  for (const name of (await readdir(MIGRATIONS)).toSorted()) {
    await run('migrated', await readFile(join(MIGRATIONS, name), 'utf8'));
  }
  let count = 0;
  return {
    server,
    createDatabase: async ({ template = 'migrated', hasFakeClock = false } = {}) => {
      const name = `test_${++count}`;
      await run('postgres', `create database ${name} template ${template}`);
      if (hasFakeClock) await run(name, FAKE_CLOCK);
      return openDatabase(server, name);
    },
    stop: () => server.stop(),
  };
}

function openDatabase(server: PostgresServer, name: string): TestDatabase {
  const superuserUrl = server.urlOf('postgres', name);
  const pool = new pg.Pool({ connectionString: superuserUrl, max: 4 });
  pool.on('error', () => undefined);
  return {
    name,
    superuserUrl,
    authenticatorUrl: server.urlOf('authenticator', name),
    query: async <Row extends pg.QueryResultRow>(sql: string, values: readonly unknown[] = []) =>
      (await pool.query<Row>(sql, [...values])).rows,
    drop: async () => {
      await pool.end();
      const drop = `drop database if exists ${name} with (force)`;
      await withClient(server.urlOf('postgres', 'postgres'), (client) => client.query(drop));
    },
  };
}

async function withClient<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
