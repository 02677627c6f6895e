import { ApiError } from './api-error.ts';
import { quoted } from './functions.ts';

export interface TableRead {
  readonly sql: string;
  readonly values: readonly unknown[];
}

const OPERATORS: Readonly<Record<string, string>> = { eq: '=', neq: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=' };
const RESERVED = new Set(['select', 'order', 'limit', 'offset']);
const NAME = /^[a-z_][a-z0-9_]*$/;

/** Reads of one table: columns, simple filters, order, limit. Embedding, `or` and casts are not doubled. */
export function tableRead(table: string, query: URLSearchParams, maxRows: number): TableRead {
  const values: unknown[] = [];
  const columns = (query.get('select') ?? '*')
    .split(',')
    .map((column) => (column === '*' ? '*' : quoted(checked(column))));
  const conditions = [...query]
    .filter(([name]) => !RESERVED.has(name))
    .map(([name, filter]) => condition(quoted(checked(name)), filter, values));
  const where = conditions.length > 0 ? `where ${conditions.join(' and ')}` : '';
  const order = (query.get('order') ?? '').split(',').filter(Boolean).map(orderOf).join(', ');
  const limit = Math.min(maxRows, Number(query.get('limit') ?? maxRows));
  const rows = `select ${columns.join(', ')} from public.${quoted(checked(table))} ${where} ${order && `order by ${order}`} limit ${limit}`;
  return { sql: `select coalesce(json_agg(found), '[]') as body from (${rows}) as found`, values };
}

function condition(column: string, filter: string, values: unknown[]): string {
  const [, not, operator, operand] = /^(not\.)?(\w+)\.(.*)$/s.exec(filter) ?? [];
  if (operator === undefined) throw new ApiError(400, 'PGRST100', `failed to parse filter (${filter})`);
  const positive = positiveCondition(column, operator, operand!, values);
  return not ? `not (${positive})` : positive;
}

function positiveCondition(column: string, operator: string, operand: string, values: unknown[]): string {
  if (operator === 'is' && ['null', 'true', 'false'].includes(operand)) return `${column} is ${operand}`;
  if (operator === 'in') {
    const items = operand
      .replace(/^\(|\)$/g, '')
      .split(',')
      .map((item) => item.replace(/^"|"$/g, ''));
    values.push(items);
    return `${column}::text = any ($${values.length})`;
  }
  const sql = OPERATORS[operator];
  if (sql === undefined) throw new ApiError(400, 'PGRST100', `unexpected operator ${operator}`);
  values.push(operand);
  return `${column} ${sql} $${values.length}`;
}

function orderOf(part: string): string {
  const [column = '', direction = 'asc'] = part.split('.');
  return `${quoted(checked(column))} ${direction === 'desc' ? 'desc' : 'asc'}`;
}

function checked(name: string): string {
  if (NAME.test(name)) return name;
  throw new ApiError(400, 'PGRST100', `failed to parse (${name})`);
}
