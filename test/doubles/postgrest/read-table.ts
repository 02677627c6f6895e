import { type ApiError, apiError } from './api-error.ts';
import { type Query, quoted } from './query.ts';

export interface TableRead {
  readonly schema: string;
  readonly table: string;
  readonly parameters: URLSearchParams;
  readonly maxRows: number;
}

const OPERATORS: Readonly<Record<string, string>> = {
  eq: '=',
  neq: '<>',
  gt: '>',
  gte: '>=',
  lt: '<',
  lte: '<=',
  like: 'like',
  ilike: 'ilike',
};
const IS_VALUES = new Set(['null', 'not_null', 'true', 'false', 'unknown']);
const RESERVED = new Set(['select', 'order', 'limit', 'offset', 'columns', 'on_conflict']);
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Reads of one table: columns, simple filters, order, limit. Embedding, `or` and casts are not doubled, and refused. */
export function readQuery({ schema, table, parameters, maxRows }: TableRead): Query {
  const values: unknown[] = [];
  const columns = (parameters.get('select') || '*').split(',').map(columnOf).join(', ');
  const conditions = [...parameters]
    .filter(([name]) => !RESERVED.has(name))
    .map(([name, filter]) => condition(quoted(checked(name)), filter, values));
  const where = conditions.length > 0 ? ` where ${conditions.join(' and ')}` : '';
  const order = (parameters.get('order') ?? '').split(',').filter(Boolean).map(orderOf).join(', ');
  const limit = Math.min(maxRows, wholeOf(parameters.get('limit'), maxRows));
  const rows = `select ${columns} from ${schema}.${quoted(table)}${where}${order && ` order by ${order}`} limit ${limit} offset ${wholeOf(parameters.get('offset'), 0)}`;
  const sql = `select coalesce(json_agg(found), '[]')::text as body, count(*)::int as count from (${rows}) as found`;
  return { sql, values, isReadOnly: true, shape: 'rows' };
}

/** `name`, `*`, or `alias:name`. */
function columnOf(part: string): string {
  const [, alias, column = ''] = /^(?:([^:()]+):)?([^:()]+)$/.exec(part.trim()) ?? [];
  if (column === '*') return '*';
  return alias === undefined ? quoted(checked(column)) : `${quoted(checked(column))} as ${quoted(checked(alias))}`;
}

function condition(column: string, filter: string, values: unknown[]): string {
  const [, not, operator, operand] = /^(not\.)?(\w+)\.(.*)$/s.exec(filter) ?? [];
  if (operator === undefined) throw unreadable(filter);
  const positive = positiveCondition(column, operator, operand!, values);
  return not ? `not (${positive})` : positive;
}

function positiveCondition(column: string, operator: string, operand: string, values: unknown[]): string {
  if (operator === 'is' && IS_VALUES.has(operand)) return `${column} is ${operand.replace('_', ' ')}`;
  // As text of no type yet: the column's decides, and refuses what is none of its values.
  if (operator === 'in') {
    values.push(`{${listed(operand).map(arrayItem).join(',')}}`);
    return `${column} = any ($${values.length})`;
  }
  const sql = OPERATORS[operator];
  if (sql === undefined) throw unreadable(`${operator}.${operand}`);
  values.push(operator.endsWith('like') ? operand.replaceAll('*', '%') : operand);
  return `${column} ${sql} $${values.length}`;
}

/** `(a,"b, c")`: what holds a comma is in quotes. */
function listed(operand: string): readonly string[] {
  const [, inner] = /^\((.*)\)$/s.exec(operand) ?? [];
  if (inner === undefined) throw unreadable(`in.${operand}`);
  const items = inner.matchAll(/"((?:[^"\\]|\\.)*)"|([^,]+)/gs);
  return [...items].map(([, inQuotes, plain]) => inQuotes?.replace(/\\(.)/gs, '$1') ?? plain!);
}

function arrayItem(item: string): string {
  return `"${item.replace(/["\\]/g, '\\$&')}"`;
}

/** `column.desc.nullslast`. */
function orderOf(part: string): string {
  const [column = '', ...modifiers] = part.split('.');
  const direction = modifiers.includes('desc') ? ' desc' : '';
  const nulls = modifiers.find((modifier) => modifier.startsWith('nulls'))?.replace('nulls', ' nulls ') ?? '';
  return `${quoted(checked(column))}${direction}${nulls === ' nulls first' || nulls === ' nulls last' ? nulls : ''}`;
}

function wholeOf(text: string | null, otherwise: number): number {
  if (text === null) return otherwise;
  if (!/^\d{1,9}$/.test(text)) throw unreadable(text);
  return Number(text);
}

function checked(name: string): string {
  if (NAME.test(name)) return name;
  throw unreadable(name);
}

function unreadable(text: string): ApiError {
  return apiError(400, 'PGRST100', `"failed to parse filter (${text})" (line 1, column 1)`, {
    details: 'this double reads plain columns, filters and orders only',
  });
}
