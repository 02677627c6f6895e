import type { SqlValue } from './driver.ts';
import type { Session } from './session.ts';

/** Measured: more rows to a statement gain nothing. */
export const ROWS_AT_ONCE = 20;

/** An INSERT for one row and one for {@link ROWS_AT_ONCE}. */
export interface RowInsert {
  readonly one: string;
  readonly many: string;
}

export function rowInsert(into: string, values: string): RowInsert {
  return { one: `${into} VALUES ${values}`, many: `${into} VALUES ${manyRows(() => values)}` };
}

/** What stands behind VALUES for {@link ROWS_AT_ONCE}. */
export function manyRows(values: (index: number) => string): string {
  return Array.from({ length: ROWS_AT_ONCE }, (_, index) => values(index)).join(', ');
}

/** Inserts rows within the running write, several to a statement. */
export function insertRows(session: Session, insert: RowInsert, rows: readonly (readonly SqlValue[])[]): void {
  let start = 0;
  for (; start + ROWS_AT_ONCE <= rows.length; start += ROWS_AT_ONCE) {
    const values: SqlValue[] = [];
    // Measured: `flat` costs several times as much.
    for (let index = start; index < start + ROWS_AT_ONCE; index++) values.push(...rows[index]!);
    session.run(insert.many, ...values);
  }
  for (const row of rows.slice(start)) session.run(insert.one, ...row);
}
