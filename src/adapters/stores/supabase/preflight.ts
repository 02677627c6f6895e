import type { Client } from 'pg';
import { ConceptError } from '../../../core/errors.ts';
import { type DatabaseNames, tableNames } from './migration-files.ts';

/** What a Supabase project has, and our grants name. */
const ROLES = ['anon', 'authenticated', 'service_role'];
const TEXTS = ['text', 'character varying'];
const TIMES = ['timestamp with time zone'];

/** What our functions take the columns of a deployment's own tables for. Those that are missing are added. */
const TYPES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  tasks: {
    id: ['uuid'],
    created_at: TIMES,
    updated_at: TIMES,
    user_id: TEXTS,
    type: TEXTS,
    status: TEXTS,
    result_id: ['uuid'],
    error_message: TEXTS,
  },
  concepts: {
    id: ['uuid'],
    created_at: TIMES,
    user_id: TEXTS,
    logo_description: TEXTS,
    theme_description: TEXTS,
    image_path: TEXTS,
    image_url: TEXTS,
    is_anonymous: ['boolean'],
    task_id: ['uuid'],
    refinement_prompt: TEXTS,
    original_image_url: TEXTS,
  },
  color_variations: {
    id: ['uuid'],
    concept_id: ['uuid'],
    palette_name: TEXTS,
    colors: ['jsonb'],
    description: TEXTS,
    image_path: TEXTS,
    image_url: TEXTS,
  },
};
/** A table that is there and lacks one of these is not the one that is meant; the migrations add the others. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  tasks: ['id', 'created_at', 'updated_at', 'user_id', 'type', 'status'],
  concepts: ['id', 'created_at', 'user_id', 'logo_description', 'theme_description', 'image_path'],
  color_variations: ['id', 'concept_id', 'palette_name', 'colors', 'image_path'],
};

/** What our functions give in every row that they write. */
const WRITTEN: Readonly<Record<string, readonly string[]>> = {
  tasks: REQUIRED['tasks']!,
  concepts: [...REQUIRED['concepts']!, 'image_url', 'task_id'],
  color_variations: ['concept_id', 'palette_name', 'colors', 'image_path', 'image_url'],
};

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  /** Whether it alone tells the rows apart. */
  readonly isKey: boolean;
  /** Whether every new row has to give it. */
  readonly isDemanded: boolean;
}

/** @throws ConceptError INVALID_CONFIG for a database that is not one of a Supabase project */
export async function assertProject(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    'select rolname as name from pg_catalog.pg_roles where rolname = any ($1)',
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

/**
 * Tables of a running deployment are extended in place.
 * @throws ConceptError INVALID_CONFIG for one that cannot be: a column is missing, of another type or wants a value that we do not
 *   have, or `id` is no key
 */
export async function assertExtensible(client: Client, names: DatabaseNames): Promise<void> {
  const tables = tableNames(names);
  for (const [table, types] of Object.entries(TYPES)) {
    const name = tables[table]!;
    const { rows: columns } = await client.query<Column>(SELECT_COLUMNS, [name]);
    if (columns.length === 0) continue;
    const absent = REQUIRED[table]!.filter((column) => !columns.some((found) => found.column === column));
    if (absent.length > 0) {
      throw unusable(`public.${name} has no ${absent.join(', ')}`, 'name another table, or add what is missing');
    }
    for (const column of columns) assertType(name, column, types[column.column]);
    const demanded = columns.find(({ column, isDemanded }) => isDemanded && !WRITTEN[table]!.includes(column));
    if (demanded) throw unusable(...nobodyGives(name, demanded.column));
    if (!columns.some(({ column, isKey }) => column === 'id' && isKey)) {
      throw unusable(`public.${name}.id is no key`, `make it one: alter table public.${name} add primary key (id)`);
    }
  }
}

function assertType(
  table: string,
  { column, type }: Pick<Column, 'column' | 'type'>,
  expected: readonly string[] | undefined,
): void {
  if (expected === undefined || expected.includes(type)) return;
  const [wanted] = expected;
  throw unusable(
    `public.${table}.${column} is of type ${type}, and has to be ${wanted}`,
    `change it first: alter table public.${table} alter column ${column} type ${wanted} using ${column}::${wanted}; policies and foreign keys that name the column have to be dropped before, and made anew`,
  );
}

function nobodyGives(table: string, column: string): [problem: string, hint: string] {
  return [
    `public.${table}.${column} must not be null, and nothing here gives it a value`,
    `let it have a default, or be empty: alter table public.${table} alter column ${column} drop not null`,
  ];
}

function unusable(problem: string, hint: string): ConceptError {
  return new ConceptError('INVALID_CONFIG', problem, { hint });
}

const SELECT_COLUMNS = `
  select c.relname as "table", a.attname as "column", format_type(a.atttypid, null) as type,
    exists (select from pg_catalog.pg_index i where i.indrelid = c.oid and i.indisunique and i.indpred is null
      and i.indnkeyatts = 1 and i.indkey[0] = a.attnum) as "isKey",
    a.attnotnull and not a.atthasdef and a.attidentity = '' as "isDemanded"
  from pg_catalog.pg_class c join pg_catalog.pg_attribute a on a.attrelid = c.oid
  where c.relnamespace = 'public'::regnamespace and c.relname = $1 and a.attnum > 0 and not a.attisdropped`;
