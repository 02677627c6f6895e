import type { Client } from 'pg';
import { ConceptError } from '../../../core/errors.ts';
import { type DatabaseNames, type Migration, readMigrations } from './migration-files.ts';

export interface MigrateOptions {
  /** As a role that may create schemas, functions and policies. */
  readonly databaseUrl: string;
  readonly names: DatabaseNames;
}

/** A migration and when it was applied; null: it is still to be. */
export interface MigrationState {
  readonly version: string;
  readonly name: string;
  readonly appliedAt: string | null;
}

const CONNECT_MS = 5_000;
/** What a Supabase project has, and our grants name. */
const ROLES = ['anon', 'authenticated', 'service_role'];

/** Applies what is missing, each in a transaction of its own. @returns what was applied now. @throws ConceptError */
export async function migrateDatabase(options: MigrateOptions): Promise<readonly MigrationState[]> {
  const migrations = readMigrations(options.names);
  return withDatabase(options, async (client) => {
    await assertProject(client);
    await assertExtensible(client, options.names);
    const applied: MigrationState[] = [];
    for (const migration of migrations) {
      const state = await applyOnce(client, migration, options.names);
      if (state) applied.push(state);
    }
    return applied;
  });
}

/** @throws ConceptError */
export async function migrationStates(options: MigrateOptions): Promise<readonly MigrationState[]> {
  const migrations = readMigrations(options.names);
  return withDatabase(options, async (client) => {
    const known = await appliedMigrations(client, options.names);
    return migrations.map((migration) => stateOf(migration, assertUnchanged(migration, known)?.appliedAt ?? null));
  });
}

interface Applied {
  readonly version: string;
  readonly checksum: string;
  readonly appliedAt: string;
}

async function applyOnce(
  client: Client,
  migration: Migration,
  names: DatabaseNames,
): Promise<MigrationState | undefined> {
  await client.query('begin');
  try {
    // Two that migrate at the same time take turns.
    await client.query("select pg_advisory_xact_lock(hashtextextended('concept migrations', 0))");
    const known = await appliedMigrations(client, names);
    if (assertUnchanged(migration, known)) {
      await client.query('rollback');
      return undefined;
    }
    await client.query(migration.sql);
    await client.query(CREATE_LOG(names));
    const { rows } = await client.query<{ at: Date }>(INSERT_LOG(names), [
      migration.version,
      migration.name,
      migration.checksum,
    ]);
    await client.query('commit');
    return stateOf(migration, rows[0]!.at.toISOString());
  } catch (thrown) {
    await client.query('rollback').catch(() => undefined);
    if (ConceptError.isInstance(thrown)) throw thrown;
    throw new ConceptError('STORE_UNAVAILABLE', `migration ${migration.version} failed: ${(thrown as Error).message}`, {
      retryable: false,
      hint: 'nothing of it was kept; mend the cause and run concept db migrate again',
      cause: thrown,
    });
  }
}

const CREATE_LOG = ({ suffix }: DatabaseNames): string => `
  create table if not exists concept_private${suffix}.migrations (
    version text primary key, name text not null, checksum text not null, applied_at timestamptz not null default now());
  alter table concept_private${suffix}.migrations enable row level security`;
const INSERT_LOG = ({ suffix }: DatabaseNames): string => `
  insert into concept_private${suffix}.migrations (version, name, checksum) values ($1, $2, $3) returning applied_at as at`;

async function appliedMigrations(client: Client, { suffix }: DatabaseNames): Promise<ReadonlyMap<string, Applied>> {
  const table = `concept_private${suffix}.migrations`;
  const { rows: found } = await client.query<{ log: string | null }>('select to_regclass($1) as log', [table]);
  if (!found[0]?.log) return new Map();
  const { rows } = await client.query(`select version, checksum, applied_at as at from ${table}`);
  return new Map(
    rows.map(({ version, checksum, at }) => [version, { version, checksum, appliedAt: (at as Date).toISOString() }]),
  );
}

/** @returns how it was applied. @throws ConceptError when that was another script. */
function assertUnchanged(
  { version, name, checksum }: Migration,
  known: ReadonlyMap<string, Applied>,
): Applied | undefined {
  const applied = known.get(version);
  if (!applied || applied.checksum === checksum) return applied;
  throw new ConceptError('STORE_TOO_NEW', `migration ${version}_${name} was applied in another form`, {
    hint: 'use the version of this package that migrated the database, or a later one',
  });
}

function stateOf({ version, name }: Migration, appliedAt: string | null): MigrationState {
  return { version, name, appliedAt };
}

async function assertProject(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    'select rolname as name from pg_roles where rolname = any ($1)',
    [ROLES],
  );
  const missing = ROLES.filter((role) => !rows.some(({ name }) => name === role));
  const { rows: auth } = await client.query<{ uid: string | null }>("select to_regprocedure('auth.uid()') as uid");
  if (missing.length === 0 && auth[0]?.uid) return;
  const what = missing.length > 0 ? `no role ${missing.join(', ')}` : 'no function auth.uid()';
  throw new ConceptError('INVALID_CONFIG', `this is not the database of a Supabase project: it has ${what}`, {
    hint: 'take the connection string from the project’s settings, under Database',
  });
}

/** Tables of a running deployment are extended; a column of another type cannot be. */
async function assertExtensible(client: Client, names: DatabaseNames): Promise<void> {
  const { rows } = await client.query<{ table: string; column: string; type: string }>(SELECT_TYPES, [
    [names.tasks, names.concepts],
  ]);
  for (const { table, column, type } of rows) {
    const expected = column === 'user_id' ? 'text' : 'uuid';
    if (type === expected || (type === 'character varying' && expected === 'text')) continue;
    throw new ConceptError(
      'INVALID_CONFIG',
      `public.${table}.${column} is of type ${type}, and has to be ${expected}`,
      {
        hint: `change it first: alter table public.${table} alter column ${column} type ${expected} using ${column}::${expected}`,
      },
    );
  }
}

const SELECT_TYPES = `
  select table_name as "table", column_name as "column", data_type as type from information_schema.columns
  where table_schema = 'public' and table_name = any ($1) and column_name in ('id', 'user_id')`;

async function withDatabase<T>({ databaseUrl }: MigrateOptions, work: (client: Client) => Promise<T>): Promise<T> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_MS });
  // Told by the query that was under way.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (thrown) {
    throw new ConceptError('STORE_UNAVAILABLE', `the database does not answer: ${(thrown as Error).message}`, {
      hint: 'check CONCEPT_DATABASE_URL; of a hosted project take the session pooler’s address, port 5432',
      cause: thrown,
    });
  }
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
