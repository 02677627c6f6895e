import type { SqlValue, SqliteDatabase, SqliteStatement } from './driver.ts';

/** A database with each statement prepared once. Synchronous: one call, one step of the event loop. */
export interface Connection {
  /** The first row as the caller's row type, or undefined. */
  one<Row>(sql: string, ...parameters: SqlValue[]): Row | undefined;
  all<Row>(sql: string, ...parameters: SqlValue[]): Row[];
  /** @returns the number of rows changed. */
  run(sql: string, ...parameters: SqlValue[]): number;
  exec(sql: string): void;
  /** Grows with every row that a statement of this connection changed, also one that was undone. */
  changes(): number;
  /** Runs work in a transaction; when it throws, nothing of it stays. It must not wait for anything. */
  transaction<T>(kind: TransactionKind, work: () => T): T;
  close(): void;
}

/** Writers take the lock at the beginning: a reader that turns writer would be refused at once, whatever the timeout. */
export type TransactionKind = 'DEFERRED' | 'IMMEDIATE';

interface Prepared {
  readonly statement: SqliteStatement;
  readonly returnsChanges: boolean;
}

export function createConnection(database: SqliteDatabase): Connection {
  const statements = new Map<string, Prepared>();
  let changes = 0;
  const prepared = (sql: string): Prepared => {
    let found = statements.get(sql);
    if (!found) {
      found = { statement: database.prepare(sql), returnsChanges: /\bRETURNING\b/.test(sql) };
      statements.set(sql, found);
    }
    return found;
  };
  const run = (sql: string, ...parameters: SqlValue[]): number => {
    const changed = Number(prepared(sql).statement.run(...parameters).changes);
    changes += changed;
    return changed;
  };
  return {
    one: <Row>(sql: string, ...parameters: SqlValue[]) => {
      const { statement, returnsChanges } = prepared(sql);
      const row = statement.get(...parameters) as Row | undefined;
      if (returnsChanges && row !== undefined) changes += 1;
      return row;
    },
    all: <Row>(sql: string, ...parameters: SqlValue[]) => {
      const { statement, returnsChanges } = prepared(sql);
      const rows = statement.all(...parameters) as Row[];
      if (returnsChanges) changes += rows.length;
      return rows;
    },
    run,
    exec: (sql) => database.exec(sql),
    changes: () => changes,
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
