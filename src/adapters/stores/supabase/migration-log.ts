import type { Client } from 'pg';
import { type DatabaseNames, type Migration, tableNames } from './migration-files.ts';

/**
 * `applied`; `missing`: still to be; `outdated`: applied for other buckets, and to be applied again; `renamed`: for tables of other
 * names, which its functions are bound to; `changed`: in another form; `unknown`: by a later version of this package.
 */
export type MigrationStatus = 'applied' | 'missing' | 'outdated' | 'renamed' | 'changed' | 'unknown';

export interface MigrationState {
  readonly version: string;
  readonly name: string;
  readonly status: MigrationStatus;
  readonly appliedAt: string | null;
}

/** What the database says of a migration. */
interface Entry {
  readonly version: string;
  readonly name: string;
  readonly checksum: string;
  readonly tables: string;
  readonly buckets: string;
  readonly at: Date;
}

/** All migrations of this package and of the database, in order. */
export async function readLog(
  client: Client,
  migrations: readonly Migration[],
  names: DatabaseNames,
): Promise<readonly MigrationState[]> {
  const entries = new Map((await entriesOf(client, names)).map((entry) => [entry.version, entry]));
  const own = migrations.map((migration) => stateOf(migration, entries.get(migration.version), names));
  const versions = new Set(migrations.map(({ version }) => version));
  const unknown = [...entries.values()]
    .filter(({ version }) => !versions.has(version))
    .map(({ version, name, at }): MigrationState => ({
      version,
      name,
      status: 'unknown',
      appliedAt: at.toISOString(),
    }));
  return [...own, ...unknown].toSorted((one, other) => (one.version < other.version ? -1 : 1));
}

/** The statements by which a migration, once applied, notes itself; a part of its transaction. */
export function logSql(migration: Migration, names: DatabaseNames): string {
  const log = tableOf(names);
  const { version, name, checksum } = migration;
  const values = [version, name, checksum, tablesOf(names), bucketsOf(migration, names)].map(literal).join(', ');
  return `create table if not exists ${log} (
  version text primary key, name text not null, checksum text not null, tables text not null, buckets text not null,
  applied_at timestamptz not null default now());
alter table ${log} enable row level security;
insert into ${log} (version, name, checksum, tables, buckets) values (${values})
  on conflict (version) do update
    set checksum = excluded.checksum, tables = excluded.tables, buckets = excluded.buckets, applied_at = excluded.applied_at;
`;
}

function stateOf(migration: Migration, entry: Entry | undefined, names: DatabaseNames): MigrationState {
  const { version, name } = migration;
  if (!entry) return { version, name, status: 'missing', appliedAt: null };
  return { version, name, status: statusOf(migration, entry, names), appliedAt: entry.at.toISOString() };
}

function statusOf(migration: Migration, entry: Entry, names: DatabaseNames): MigrationStatus {
  if (entry.checksum !== migration.checksum) return 'changed';
  if (entry.tables !== tablesOf(names)) return 'renamed';
  return entry.buckets === bucketsOf(migration, names) ? 'applied' : 'outdated';
}

async function entriesOf(client: Client, names: DatabaseNames): Promise<readonly Entry[]> {
  const log = tableOf(names);
  const { rows: found } = await client.query<{ log: string | null }>('select to_regclass($1) as log', [log]);
  if (!found[0]?.log) return [];
  return (await client.query<Entry>(`select version, name, checksum, tables, buckets, applied_at as at from ${log}`))
    .rows;
}

function tableOf({ suffix }: DatabaseNames): string {
  return `concept_private${suffix}.migrations`;
}

function tablesOf(names: DatabaseNames): string {
  return Object.values(tableNames(names)).join(' ');
}

/** A migration that names none does not depend on them. */
function bucketsOf({ namesBuckets }: Migration, { conceptBucket, paletteBucket }: DatabaseNames): string {
  return namesBuckets ? `${conceptBucket} ${paletteBucket}` : '';
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
