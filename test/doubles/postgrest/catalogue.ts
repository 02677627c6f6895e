import type pg from 'pg';
import { apiError } from './api-error.ts';
import { closest } from './closest.ts';

/** What the API knows of a function of the exposed schema. */
export interface ApiFunction {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** Not volatile: runs in a transaction that may only read. */
  readonly isReader: boolean;
  readonly returns: 'void' | 'scalar' | 'scalars' | 'row' | 'rows';
}

interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly hasDefault: boolean;
}

interface Catalogue {
  readonly functions: readonly ApiFunction[];
  readonly tables: readonly string[];
  /** What a role has set for itself, such as its time limit. */
  readonly settings: ReadonlyMap<string, readonly (readonly [string, string])[]>;
}

/** Knows the schema as it was when it was first asked for, as the API's schema cache does. */
export interface SchemaCache {
  /** @throws ApiError PGRST202 when no function takes these arguments, PGRST203 when several do. */
  function(name: string, argumentNames: readonly string[]): Promise<ApiFunction>;
  /** @throws ApiError PGRST205 */
  assertTable(name: string): Promise<void>;
  settingsOf(role: string): Promise<readonly (readonly [string, string])[]>;
  reload(): void;
}

export function schemaCache(pool: pg.Pool, schema: string): SchemaCache {
  let known: Promise<Catalogue> | undefined;
  const load = (): Promise<Catalogue> => {
    // A failed look is no knowledge: the next request looks again.
    known ??= readCatalogue(pool, schema).catch((thrown: unknown) => {
      known = undefined;
      const details = (thrown as Error).message;
      throw apiError(503, 'PGRST002', 'Could not query the database for the schema cache. Retrying.', { details });
    });
    return known;
  };
  return {
    reload: () => (known = undefined),
    settingsOf: async (role) => (await load()).settings.get(role) ?? [],
    assertTable: async (name) => {
      const { tables } = await load();
      if (tables.includes(name)) return;
      const near = closest(name, tables);
      const message = `Could not find the table '${schema}.${name}' in the schema cache`;
      throw apiError(404, 'PGRST205', message, { hint: near && `Perhaps you meant the table '${schema}.${near}'` });
    },
    function: async (name, argumentNames) => {
      const { functions } = await load();
      const named = functions.filter((candidate) => candidate.name === name);
      const [fitting, ...others] = named.filter((candidate) => takes(candidate, argumentNames));
      if (!fitting) throw noFunction(schema, name, argumentNames, functions);
      if (others.length > 0) throw ambiguous(schema, [fitting, ...others]);
      return fitting;
    },
  };
}

function takes({ parameters }: ApiFunction, argumentNames: readonly string[]): boolean {
  const known = argumentNames.every((name) => parameters.some((parameter) => parameter.name === name));
  return known && parameters.every(({ name, hasDefault }) => hasDefault || argumentNames.includes(name));
}

function noFunction(schema: string, name: string, names: readonly string[], functions: readonly ApiFunction[]) {
  const full = `${schema}.${name}`;
  const list = names.join(', ');
  const [told, searched] =
    names.length === 0
      ? [`${full} without parameters`, `${full} without parameters`]
      : [`${full}(${list})`, `${full} with parameter${names.length > 1 ? 's' : ''} ${list}`];
  const same = functions.find((candidate) => candidate.name === name);
  const near = closest(
    name,
    functions.map((candidate) => candidate.name),
  );
  const meant = same ? `${name}(${same.parameters.map((parameter) => parameter.name).join(', ')})` : near;
  return apiError(404, 'PGRST202', `Could not find the function ${told} in the schema cache`, {
    details: `Searched for the function ${searched} or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache.`,
    hint: meant && `Perhaps you meant to call the function ${schema}.${meant}`,
  });
}

function ambiguous(schema: string, candidates: readonly ApiFunction[]) {
  const signatures = candidates.map(
    ({ name, parameters }) => `${schema}.${name}(${parameters.map((it) => `${it.name} => ${it.type}`).join(', ')})`,
  );
  const message = `Could not choose the best candidate function between: ${signatures.join(', ')}`;
  const hint =
    'Try renaming the parameters or the function itself in the database so function overloading can be resolved';
  return apiError(300, 'PGRST203', message, { hint });
}

const SELECT_FUNCTIONS = `
  select p.proname as name, coalesce(p.proargnames, '{}') as names, p.pronargs as count, p.pronargdefaults as defaults,
    array(select format_type(t, null) from unnest(p.proargtypes::oid[]) with ordinality a(t, n) order by n) as types,
    p.provolatile <> 'v' as reader, p.proretset as is_set, p.prorettype = 'void'::regtype as is_void,
    t.typtype = 'c' or coalesce(p.proargmodes::text[] && array['o', 'b', 't'], false) as is_row
  from pg_proc p join pg_type t on t.oid = p.prorettype join pg_namespace n on n.oid = p.pronamespace
  where n.nspname = $1 and p.prokind = 'f'`;
const SELECT_TABLES = `
  select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relkind in ('r', 'p', 'v', 'm', 'f')`;
const SELECT_SETTINGS = `
  select r.rolname as role, setting from pg_db_role_setting s join pg_roles r on r.oid = s.setrole
    cross join unnest(s.setconfig) setting
  where s.setdatabase in (0, (select oid from pg_database where datname = current_database()))`;

async function readCatalogue(pool: pg.Pool, schema: string): Promise<Catalogue> {
  const { rows } = await pool.query(SELECT_FUNCTIONS, [schema]);
  const tables = await pool.query<{ name: string }>(SELECT_TABLES, [schema]);
  const set = await pool.query<{ role: string; setting: string }>(SELECT_SETTINGS);
  const settings = new Map<string, (readonly [string, string])[]>();
  for (const { role, setting } of set.rows) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(setting) as unknown as [string, string, string];
    settings.set(role, [...(settings.get(role) ?? []), [name, value]]);
  }
  return { functions: rows.map(functionOf), tables: tables.rows.map(({ name }) => name), settings };
}

function functionOf(row: pg.QueryResultRow): ApiFunction {
  const single = row['is_row'] ? 'row' : 'scalar';
  return {
    name: row['name'],
    parameters: (row['types'] as string[]).map((type, index) => ({
      name: row['names'][index] ?? '',
      type,
      hasDefault: index >= row['count'] - row['defaults'],
    })),
    isReader: row['reader'],
    returns: row['is_void'] ? 'void' : row['is_set'] ? `${single}s` : single,
  };
}
