import type pg from 'pg';
import { ApiError } from './api-error.ts';

/** What the API knows of a function of the exposed schema. */
interface ApiFunction {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly type: string; readonly hasDefault: boolean }[];
  readonly isReader: boolean;
  readonly returnsSet: boolean;
  readonly returns: 'void' | 'composite' | 'scalar';
}

/** Knows the functions as they were when they were first asked for, as the API's schema cache does. */
export interface FunctionCache {
  /** @throws ApiError PGRST202 when no function takes these arguments. */
  find(name: string, argumentNames: readonly string[]): Promise<ApiFunction>;
  reload(): void;
}

const SELECT_FUNCTIONS = `
  select p.proname as name, coalesce(p.proargnames, '{}') as names, p.pronargs as count, p.pronargdefaults as defaults,
    array(select format_type(t, null) from unnest(p.proargtypes::oid[]) t) as types,
    p.provolatile <> 'v' as reader, p.proretset as set, p.prorettype = 'void'::regtype as void, t.typtype in ('c') as composite,
    coalesce(p.proargmodes::text[] && array['o', 't'], false) as columns
  from pg_proc p join pg_type t on t.oid = p.prorettype where p.pronamespace = 'public'::regnamespace`;

export function functionCache(pool: pg.Pool): FunctionCache {
  let known: Promise<readonly ApiFunction[]> | undefined;
  const load = async (): Promise<readonly ApiFunction[]> => {
    const { rows } = await pool.query(SELECT_FUNCTIONS);
    return rows.map((row) => ({
      name: row.name,
      parameters: (row.types as string[]).map((type, index) => ({
        name: row.names[index] ?? '',
        type,
        hasDefault: index >= row.count - row.defaults,
      })),
      isReader: row.reader,
      returnsSet: row.set,
      returns: row.void ? 'void' : row.composite || row.columns ? 'composite' : 'scalar',
    }));
  };
  return {
    reload: () => (known = undefined),
    find: async (name, argumentNames) => {
      const functions = await (known ??= load());
      const fitting = functions.filter((candidate) => candidate.name === name && takes(candidate, argumentNames));
      if (fitting.length === 1) return fitting[0]!;
      if (fitting.length > 1) {
        throw new ApiError(300, 'PGRST203', `Could not choose the best candidate function between: ${name}`);
      }
      const names = argumentNames.join(', ');
      throw new ApiError(404, 'PGRST202', `Could not find the function public.${name}(${names}) in the schema cache`, {
        details: `Searched for the function public.${name} with parameters ${names}, but no matches were found.`,
        hint: functions.some((candidate) => candidate.name === name)
          ? `Perhaps you meant to call public.${name}`
          : null,
      });
    },
  };
}

function takes({ parameters }: ApiFunction, argumentNames: readonly string[]): boolean {
  const known = argumentNames.every((name) => parameters.some((parameter) => parameter.name === name));
  return known && parameters.every(({ name, hasDefault }) => hasDefault || argumentNames.includes(name));
}

/** The query that calls a function with the arguments of a JSON document ($1), and gives its result as JSON. */
export function callQuery(
  { name, parameters, returnsSet, returns }: ApiFunction,
  argumentNames: readonly string[],
): string {
  const given = parameters.filter((parameter) => argumentNames.includes(parameter.name));
  const columns = given.map(({ name: column, type }) => `${quoted(column)} ${type}`).join(', ');
  const passed = given.map(({ name: column }) => `${quoted(column)} := args.${quoted(column)}`).join(', ');
  // Without arguments there is nothing to make a record of; $1 must be used all the same.
  const source = given.length > 0 ? `json_to_record($1::json) as args(${columns})` : `(select $1::json) as args`;
  const call = `public.${quoted(name)}(${passed})`;
  if (returns === 'void') return `select null::json as body from (select ${call} from ${source}) as called`;
  if (returns === 'scalar' && !returnsSet)
    return `select to_json(called.value) as body from (select ${call} as value from ${source}) as called`;
  const row = returns === 'scalar' ? 'to_json(called.value)' : 'row_to_json(called)';
  const from =
    returns === 'scalar'
      ? `(select ${call} as value from ${source}) as called`
      : `(select result.* from ${source}, lateral ${call} as result) as called`;
  return returnsSet
    ? `select coalesce(json_agg(${row}), '[]') as body from ${from}`
    : `select ${row} as body from ${from}`;
}

export function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
