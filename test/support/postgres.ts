import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { findPostgres, type PostgresPrograms } from './postgres/find-postgres.ts';
import { type PostgresAddress, type PostgresServerOptions, startPostgresServer } from './postgres/server.ts';
import { sharedServer } from './postgres/shared-server.ts';
import { prepareTemplate, type Template, urlOf, withClient } from './postgres/templates.ts';

/** A database of its own, a copy of a template. */
export interface TestDatabase {
  readonly name: string;
  /** As the API connects: a role that may become others, and nothing else. */
  readonly authenticatorUrl: string;
  readonly superuserUrl: string;
  urlOf(user: string): string;
  /** As the superuser. */
  query<Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** The time is from now on what a request sets as `concept.now`. @param suffix of the deployment */
  useFakeClock(suffix?: string): Promise<void>;
  drop(): Promise<void>;
}

export interface TestPostgres {
  readonly kind: PostgresPrograms['kind'];
  /** A copy of the template, which takes some 10 ms in memory and ten times that on a disk. */
  createDatabase(options?: DatabaseOptions): Promise<TestDatabase>;
  stop(): Promise<void>;
}

/** A server that no other file uses: it can be ended in the middle. */
export interface OwnPostgres extends TestPostgres {
  restart(): Promise<void>;
}

export interface DatabaseOptions {
  /** Default `migrated`. */
  readonly template?: Template;
  /** The time is what a request sets as `concept.now`. Default false. */
  readonly hasFakeClock?: boolean;
}

/** Where Postgres comes from, or why there is none: then tests skip, telling it; in CI they fail. */
export const POSTGRES: PostgresPrograms | { readonly missing: string } = findPostgres();
if ('missing' in POSTGRES && process.env['CI'] === 'true') throw new Error(POSTGRES.missing);

/** Whether tests that need Postgres are skipped here; tells why once. */
export function skipsPostgres(): boolean {
  if (!('missing' in POSTGRES)) return false;
  process.stderr.write(`skipped: ${POSTGRES.missing}\n`);
  return true;
}

/** A real server, shared by the files of a run where its global setup is there. Its disk is not waited for. */
export async function startTestPostgres(
  programs: PostgresPrograms = POSTGRES as PostgresPrograms,
): Promise<TestPostgres> {
  const shared = await sharedServer(programs);
  // It ends with the run.
  return shared ? over(shared, () => Promise.resolve()) : startOwnPostgres(programs);
}

/** A server for tests of what happens when it goes away. */
export async function startOwnPostgres(
  programs: PostgresPrograms = POSTGRES as PostgresPrograms,
  options: PostgresServerOptions = {},
): Promise<OwnPostgres> {
  const server = await startPostgresServer(programs, options);
  return { ...over(server, () => server.stop()), restart: () => server.restart() };
}

function over(address: PostgresAddress, stop: () => Promise<void>): TestPostgres {
  return {
    kind: address.kind,
    stop,
    createDatabase: async ({ template = 'migrated', hasFakeClock = false } = {}) => {
      const source = await prepareTemplate(address, template);
      const name = `test_${randomBytes(6).toString('hex')}`;
      await withClient(urlOf(address, 'postgres', 'postgres'), (client) =>
        client.query(`create database ${name} template ${source} strategy file_copy`),
      );
      const database = openDatabase(address, name);
      if (hasFakeClock) await database.useFakeClock();
      return database;
    },
  };
}

function openDatabase(address: PostgresAddress, name: string): TestDatabase {
  const superuserUrl = urlOf(address, 'postgres', name);
  const pool = new pg.Pool({ connectionString: superuserUrl, max: 4 });
  pool.on('error', () => undefined).on('connect', (client) => client.on('error', () => undefined));
  const query: TestDatabase['query'] = async <Row extends pg.QueryResultRow>(
    sql: string,
    values: readonly unknown[] = [],
  ) => (await pool.query<Row>(sql, [...values])).rows;
  return {
    name,
    superuserUrl,
    authenticatorUrl: urlOf(address, 'authenticator', name),
    urlOf: (user) => urlOf(address, user, name),
    query,
    useFakeClock: async (suffix = '') => void (await query(fakeClock(suffix))),
    drop: async () => {
      await pool.end();
      const drop = `drop database if exists ${name} with (force)`;
      await withClient(urlOf(address, 'postgres', 'postgres'), (client) => client.query(drop));
    },
  };
}

/** The one function that tells the time, in a form that only a test's database has. */
function fakeClock(suffix: string): string {
  return `
    create or replace function concept_private${suffix}.now() returns timestamptz language sql volatile set search_path = ''
    as $$ select coalesce(nullif(current_setting('concept.now', true), '')::timestamptz,
      date_trunc('milliseconds', clock_timestamp())) $$`;
}
