import type { ApiFunction } from './catalogue.ts';
import { type Query, quoted } from './query.ts';

export interface Call {
  readonly schema: string;
  readonly target: ApiFunction;
  readonly maxRows: number;
  /** Without more rights than to read, whatever the function says of itself. */
  readonly isRead: boolean;
}

/** Calls a function with the arguments of a JSON document, by name and with their declared types. */
export function callByDocument(call: Call, names: readonly string[], document: string): Query {
  const given = call.target.parameters.filter((parameter) => names.includes(parameter.name));
  const columns = given.map(({ name, type }) => `${quoted(name)} ${type}`).join(', ');
  const passed = given.map(({ name }) => `${quoted(name)} := args.${quoted(name)}`).join(', ');
  // Without arguments there is nothing to make a record of; $1 must be used all the same.
  const source = given.length > 0 ? `json_to_record($1::json) as args(${columns})` : `(select $1::json) as args`;
  return queryOf(call, { passed, source, values: [document] });
}

/** The same with arguments of an address, which are texts. */
export function callByTexts(call: Call, texts: Readonly<Record<string, string>>): Query {
  const given = call.target.parameters.filter(({ name }) => name in texts);
  const passed = given.map(({ name, type }, index) => `${quoted(name)} := $${index + 1}::${type}`).join(', ');
  return queryOf(call, { passed, source: '(select) as args', values: given.map(({ name }) => texts[name]) });
}

interface Arguments {
  readonly passed: string;
  readonly source: string;
  readonly values: readonly unknown[];
}

function queryOf({ schema, target, maxRows, isRead }: Call, { passed, source, values }: Arguments): Query {
  const { name, returns, isReader } = target;
  const called = `${schema}.${quoted(name)}(${passed})`;
  const base = { values, isReadOnly: isRead || isReader };
  if (returns === 'void') {
    const sql = `select null as body, 0 as count from (select ${called} from ${source}) as called`;
    return { ...base, sql, shape: 'nothing' };
  }
  const isScalar = returns === 'scalar' || returns === 'scalars';
  const from = isScalar
    ? `(select ${called} as value from ${source}) as called`
    : `(select result.* from ${source}, lateral ${called} as result) as called`;
  const row = isScalar ? 'to_json(called.value)' : 'row_to_json(called)';
  if (returns === 'scalar' || returns === 'row') {
    return { ...base, sql: `select coalesce(${row}, 'null')::text as body, 1 as count from ${from}`, shape: 'value' };
  }
  const limited = `(select * from ${from} limit ${maxRows}) as called`;
  const sql = `select coalesce(json_agg(${row}), '[]')::text as body, count(*)::int as count from ${limited}`;
  return { ...base, sql, shape: 'rows' };
}
