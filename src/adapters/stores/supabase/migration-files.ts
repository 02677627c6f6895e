import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConceptError } from '../../../core/errors.ts';
import { findPackageFolder } from '../../package-folder.ts';

/** What a deployment calls its tables, and how it tells its functions from those of others. */
export interface DatabaseNames {
  /** Ends the names of functions, indexes, policies, the private schema and the table of results. */
  readonly suffix: string;
  readonly tasks: string;
  readonly concepts: string;
  readonly variations: string;
  /** Buckets of the storage policies. */
  readonly conceptBucket: string;
  readonly paletteBucket: string;
}

export interface Migration {
  /** The digits that begin the file's name. */
  readonly version: string;
  readonly name: string;
  /** With the deployment's names; one script for one transaction. */
  readonly sql: string;
  /** Of the script as it is shipped: names of a deployment do not change it. */
  readonly checksum: string;
  /** Whether buckets are named in it. */
  readonly namesBuckets: boolean;
}

const FILE = /^(\d{14})_(concept_\w+)\.sql$/;
/** A folder without it is another project's. */
const LANDMARK = '20261125000001_concept_tables.sql';

/** Every migration, in order. @throws ConceptError INVALID_CONFIG when the files are missing, or two tables have one name */
export function readMigrations(names: DatabaseNames): readonly Migration[] {
  assertDistinct(names);
  const folder = migrationsFolder();
  const files = readdirSync(folder)
    .filter((file) => FILE.test(file))
    .toSorted();
  return files.map((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const [, version = '', name = ''] = FILE.exec(file)!;
    const checksum = createHash('sha256').update(text).digest('hex');
    return { version, name, sql: withNames(text, names), checksum, namesBuckets: text.includes(' bucket */') };
  });
}

/** Each alternative is a way to write a name that cannot be mistaken for a word. */
const NAMES =
  /\bpublic\.(?<table>tasks|concepts|color_variations|task_results)\b|\bpublic\.(?<routine>concept_[a-z_]+)\b|\bconcept__(?<own>[a-z_]+)\b|\b(?<schema>concept_private)\b|'[^']*' \/\* (?<bucket>concept|palette) bucket \*\//g;

/**
 * Names are written in the files so that each can be told from a word: tables and functions with their schema, all else with
 * `concept__`, buckets with a remark. In one pass, so that a name that was put in is not read again.
 */
export function withNames(sql: string, names: DatabaseNames): string {
  const { suffix } = names;
  const tables = tableNames(names);
  return sql.replace(NAMES, (...match) => {
    const { table, routine, own, schema, bucket } = match.at(-1) as Record<string, string | undefined>;
    if (table !== undefined) return `public.${tables[table]}`;
    if (routine !== undefined) return `public.${routine}${suffix}`;
    if (own !== undefined) return `concept__${own}${suffix}`;
    if (schema !== undefined) return `${schema}${suffix}`;
    return `'${bucket === 'concept' ? names.conceptBucket : names.paletteBucket}' /* ${bucket} bucket */`;
  });
}

/** By the names in the files. */
export function tableNames({ suffix, tasks, concepts, variations }: DatabaseNames): Readonly<Record<string, string>> {
  return { tasks, concepts, color_variations: variations, task_results: `task_results${suffix}` };
}

function assertDistinct(names: DatabaseNames): void {
  const tables = Object.values(tableNames(names));
  const twice = tables.find((table, index) => tables.indexOf(table) !== index);
  if (twice === undefined) return;
  throw new ConceptError('INVALID_CONFIG', `two tables have the same name: ${twice}`, {
    hint: 'give CONCEPT_DB_TABLE_TASKS, CONCEPT_DB_TABLE_CONCEPTS and CONCEPT_DB_TABLE_PALETTES different names',
  });
}

function migrationsFolder(): string {
  const folder = findPackageFolder(join('supabase', 'migrations'), LANDMARK);
  if (folder !== undefined) return folder;
  throw new ConceptError('INVALID_CONFIG', 'the migrations of this package are missing', {
    hint: 'reinstall the package',
  });
}
