import type { DatabaseError } from 'pg';
import { ConceptError } from '../../../core/errors.ts';
import { type Database, withDatabase } from './database-connection.ts';
import { type DatabaseNames, type Migration, readMigrations } from './migration-files.ts';
import { logSql, type MigrationState, readLog } from './migration-log.ts';
import { assertExtensible, assertProject } from './preflight.ts';

export interface MigrateOptions {
  /** As a role that may create schemas, functions and policies. */
  readonly databaseUrl: string;
  readonly names: DatabaseNames;
  /** How long a table may be waited for, default 10,000 ms: whoever waits for it holds up all who come after. */
  readonly lockWaitMs?: number | undefined;
}

export interface MigrateReport {
  /** What was applied now. */
  readonly applied: readonly MigrationState[];
  /** What the database could not do, or left as a deployment has it. */
  readonly warnings: readonly string[];
}

/** Tables are extended in moments; rows of a large one are written anew once. */
const STATEMENT_LIMIT = '15min';
const LOCK_WAIT_MS = 10_000;

/**
 * Applies what is missing, each migration in a transaction of its own; two that do so at the same time take turns.
 * @throws ConceptError INVALID_CONFIG, NOT_ALLOWED, STORE_TOO_NEW, STORE_UNAVAILABLE; what was applied before stays
 */
export async function migrateDatabase(options: MigrateOptions): Promise<MigrateReport> {
  const { databaseUrl, names, lockWaitMs = LOCK_WAIT_MS } = options;
  const migrations = readMigrations(names);
  return withDatabase(databaseUrl, async (database) => {
    await told('the database cannot be looked at', async () => {
      await assertProject(database.client);
      await assertExtensible(database.client, names);
    });
    const applied: MigrationState[] = [];
    for (const migration of migrations) {
      const state = await told(`migration ${migration.version} failed`, () =>
        applyOnce(database, migration, { migrations, names, lockWaitMs }),
      );
      if (state) applied.push(state);
    }
    return { applied, warnings: database.warnings };
  });
}

/** @throws ConceptError NOT_ALLOWED, STORE_UNAVAILABLE */
export async function migrationStates({ databaseUrl, names }: MigrateOptions): Promise<readonly MigrationState[]> {
  const migrations = readMigrations(names);
  return withDatabase(databaseUrl, ({ client }) =>
    told('the migrations cannot be read', () => readLog(client, migrations, names)),
  );
}

/** The script of a migration as one transaction that notes itself, for whoever applies it by other means. */
export function migrationScript(migration: Migration, names: DatabaseNames): string {
  const { version, name, sql } = migration;
  return `-- ${version}_${name}\nbegin;\n\n${sql.trimEnd()}\n\n${logSql(migration, names)}commit;\n`;
}

interface Plan {
  readonly migrations: readonly Migration[];
  readonly names: DatabaseNames;
  readonly lockWaitMs: number;
}

async function applyOnce(
  { client }: Database,
  migration: Migration,
  { migrations, names, lockWaitMs }: Plan,
): Promise<MigrationState | undefined> {
  try {
    await client.query(`begin; set local statement_timeout = '${STATEMENT_LIMIT}'; set local search_path = ''`);
    // Held by the transaction: a pooler gives the next one another session.
    await client.query("select pg_advisory_xact_lock(hashtextextended('concept migrations', 0))");
    const state = pendingState(await readLog(client, migrations, names), migration);
    if (!state) {
      await client.query('rollback');
      return undefined;
    }
    await client.query(`set local lock_timeout = ${lockWaitMs}`);
    await client.query(migration.sql);
    await client.query(logSql(migration, names));
    await client.query('commit');
    return { ...state, status: 'applied', appliedAt: new Date().toISOString() };
  } catch (thrown) {
    await client.query('rollback').catch(() => undefined);
    throw thrown;
  }
}

/** @returns the state of a migration that is to be applied. @throws ConceptError when the database went another way */
function pendingState(log: readonly MigrationState[], { version }: Migration): MigrationState | undefined {
  for (const state of log) assertOnTheWay(state);
  const own = log.find((candidate) => candidate.version === version);
  return own?.status === 'applied' ? undefined : own;
}

function assertOnTheWay({ version, name, status }: MigrationState): void {
  if (status === 'renamed') {
    throw new ConceptError('INVALID_CONFIG', `migration ${version}_${name} was applied for tables of other names`, {
      hint: 'name the tables in CONCEPT_DB_TABLE_… as before; another deployment takes a CONCEPT_DB_SUFFIX of its own',
    });
  }
  if (status !== 'changed' && status !== 'unknown') return;
  const how = status === 'changed' ? 'was applied in another form' : 'is not known to this version';
  throw new ConceptError('STORE_TOO_NEW', `migration ${version}_${name} ${how}`, {
    hint: 'use the version of this package that migrated the database, or a later one',
  });
}

/** What the database says of its errors, as ours. */
async function told<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (ConceptError.isInstance(thrown)) throw thrown;
    throw databaseError(thrown as Partial<DatabaseError> & Error, what);
  }
}

function databaseError(thrown: Partial<DatabaseError> & Error, what: string): ConceptError {
  const { code, message } = thrown;
  if (code === '42501') {
    return new ConceptError('NOT_ALLOWED', `${what}: ${message}`, {
      hint: 'connect as the role that owns the tables, as a rule postgres',
      cause: thrown,
    });
  }
  const isBusy = code === '55P03' || code === '40P01';
  return new ConceptError('STORE_UNAVAILABLE', `${what}: ${message}`, {
    retryable: isBusy,
    hint: isBusy
      ? 'others hold the tables: run concept db migrate again when less is going on'
      : 'nothing of it was kept; mend the cause and run concept db migrate again',
    cause: thrown,
  });
}
