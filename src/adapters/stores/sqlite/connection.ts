import type { SqlValue, SqliteDatabase, SqliteStatement } from './driver.ts';

/** A database with each statement prepared once. Synchronous: one call, one step of the event loop. */
export interface Connection {
  /** The first row as the caller's row type, or undefined. */
  one<Row>(sql: string, ...parameters: SqlValue[]): Row | undefined;
  all<Row>(sql: string, ...parameters: SqlValue[]): Row[];
  /** Rows as arrays of their columns, which costs half as much for wide ones; `sql` is used with no other call. */
  rows(sql: string, ...parameters: SqlValue[]): SqlValue[][];
  /** @returns the number of rows changed. */
  run(sql: string, ...parameters: SqlValue[]): number;
  exec(sql: string): void;
  /** Runs work in a transaction; when it throws, nothing of it stays. It must not wait for anything. */
  transaction<T>(kind: TransactionKind, work: () => T): T;
  close(): void;
}

/** Writers take the lock at the beginning: a reader that turns writer would be refused at once, whatever the timeout. */
export type TransactionKind = 'DEFERRED' | 'IMMEDIATE';

export function createConnection(database: SqliteDatabase): Connection {
  const statements = new Map<string, SqliteStatement>();
  const prepared = (sql: string): SqliteStatement => {
    let statement = statements.get(sql);
    if (!statement) statements.set(sql, (statement = database.prepare(sql)));
    return statement;
  };
  const run = (sql: string, ...parameters: SqlValue[]): number => Number(prepared(sql).run(...parameters).changes);
  return {
    one: <Row>(sql: string, ...parameters: SqlValue[]) => prepared(sql).get(...parameters) as Row | undefined,
    all: <Row>(sql: string, ...parameters: SqlValue[]) => prepared(sql).all(...parameters) as Row[],
    rows: (sql, ...parameters) => {
      const known = statements.has(sql);
      const statement = prepared(sql);
      if (!known) statement.setReturnArrays(true);
      return statement.all(...parameters) as SqlValue[][];
    },
    run,
    exec: (sql) => database.exec(sql),
    transaction: (kind, work) => {
      run(`BEGIN ${kind}`);
      try {
        const result = work();
        run('COMMIT');
        return result;
      } catch (thrown) {
        rollBack(run);
        throw thrown;
      }
    },
    close: () => {
      statements.clear();
      database.close();
    },
  };
}

function rollBack(run: (sql: string) => number): void {
  try {
    run('ROLLBACK');
  } catch {
    // Some errors (disk full, corruption) have rolled it back already.
  }
}
