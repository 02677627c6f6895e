import type { Connection } from './connection.ts';

export interface StatusChange {
  /** Wire name. */
  readonly type: string;
  readonly status: string;
  readonly batchId: string | null;
  readonly delta: number;
}

const ADD_TO_TYPE = `
  INSERT INTO task_count (type, status, count) VALUES (?, ?, ?)
  ON CONFLICT DO UPDATE SET count = count + excluded.count`;
const ADD_TO_BATCH = `
  INSERT INTO batch_count (batch_id, status, count) VALUES (?, ?, ?)
  ON CONFLICT DO UPDATE SET count = count + excluded.count`;

/** Brings the counters up to date with what a transaction changed. */
export function flushCounts(connection: Connection, changes: ReadonlyMap<string, StatusChange>): void {
  for (const { type, status, batchId, delta } of changes.values()) {
    if (delta === 0) continue;
    connection.run(ADD_TO_TYPE, type, status, delta);
    if (batchId !== null) connection.run(ADD_TO_BATCH, batchId, status, delta);
  }
}
