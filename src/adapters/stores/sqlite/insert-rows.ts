import type { SqlValue } from './driver.ts';
import type { Session } from './session.ts';

/** Measured: more rows to a statement gain nothing. */
export const ROWS_AT_ONCE = 20;

/** An INSERT for one row and one for {@link ROWS_AT_ONCE}. */
export interface RowInsert {
  readonly one: string;
  readonly many: string;
}

export function rowInsert(into: string, values: string, suffix = ''): RowInsert {
  const rows = (count: number): string => `${into} VALUES ${Array(count).fill(values).join(', ')} ${suffix}`;
  return { one: rows(1), many: rows(ROWS_AT_ONCE) };
}

/** Inserts rows within the running write, several to a statement. @returns how many were inserted. */
export function insertRows(session: Session, insert: RowInsert, rows: readonly (readonly SqlValue[])[]): number {
  let inserted = 0;
  let start = 0;
  for (; start + ROWS_AT_ONCE <= rows.length; start += ROWS_AT_ONCE) {
    inserted += session.run(insert.many, ...rows.slice(start, start + ROWS_AT_ONCE).flat());
  }
  for (const row of rows.slice(start)) inserted += session.run(insert.one, ...row);
  return inserted;
}
