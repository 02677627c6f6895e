import type { Lease } from '../../../core/task.ts';
import type { PendingRow } from './task-row.ts';

/** What this process knows of a task that it has claimed; it cannot change while the lease is good. */
export interface LeasedRow {
  readonly seq: number;
  /** Number of the claim's event. */
  readonly token: number;
  /** Number of the worker's row. */
  readonly owner: number;
  /** Wire name. */
  readonly type: string;
  readonly userId: string;
  readonly batch_id: string | null;
}

const rows = new WeakMap<Lease, LeasedRow>();

/** Spares the end of the task a look at its row. */
export function rememberLease(lease: Lease, row: PendingRow, owner: number): void {
  const { seq, event_seq: events, type, user_id: userId, batch_id } = row;
  rows.set(lease, { seq, token: events + 1, owner, type, userId, batch_id });
}

/** Undefined for a lease that came another way, such as a copy. */
export function leasedRow(lease: Lease): LeasedRow | undefined {
  return rows.get(lease);
}
