import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConceptError } from '../../../core/errors.ts';

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
}

/** Every migration, in order. @throws ConceptError INVALID_CONFIG when the files are missing */
export function readMigrations(names: DatabaseNames): readonly Migration[] {
  const folder = migrationsFolder();
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .toSorted();
  return files.map((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const [, version = '', name = ''] = /^(\d+)_(.+)\.sql$/.exec(file) ?? [];
    return { version, name, sql: withNames(text, names), checksum: createHash('sha256').update(text).digest('hex') };
  });
}

/**
 * Names are written in the files so that each can be told from a word: tables and functions with their schema, all else with
 * `concept__`.
 */
export function withNames(sql: string, names: DatabaseNames): string {
  const { suffix } = names;
  const tables: Readonly<Record<string, string>> = {
    tasks: names.tasks,
    concepts: names.concepts,
    color_variations: names.variations,
    task_results: `task_results${suffix}`,
  };
  return sql
    .replace(
      /\bpublic\.(tasks|concepts|color_variations|task_results)\b/g,
      (_, table: string) => `public.${tables[table]}`,
    )
    .replace(/\bpublic\.(concept_[a-z_]+)\b/g, `public.$1${suffix}`)
    .replace(/\bconcept__([a-z_]+)\b/g, `concept__$1${suffix}`)
    .replace(/\bconcept_private\b/g, `concept_private${suffix}`)
    .replaceAll("'concept-bucket'", `'${names.conceptBucket}'`)
    .replaceAll("'palette-bucket'", `'${names.paletteBucket}'`);
}

/** `supabase/migrations/` above this module, in the sources as in the package. */
function migrationsFolder(): string {
  for (let folder = moduleFolder(); ; folder = dirname(folder)) {
    const candidate = join(folder, 'supabase', 'migrations');
    if (existsSync(candidate)) return candidate;
    if (dirname(folder) === folder) break;
  }
  throw new ConceptError('INVALID_CONFIG', 'the migrations of this package are missing', {
    hint: 'reinstall the package',
  });
}

/** In a CommonJS bundle `import.meta.url` is undefined, in an ES module `__dirname` is. */
function moduleFolder(): string {
  const url: string | undefined = import.meta.url;
  return url === undefined ? __dirname : dirname(fileURLToPath(url));
}
