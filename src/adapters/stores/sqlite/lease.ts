import { ConceptError } from '../../../core/errors.ts';
import type { Lease } from '../../../core/task.ts';
import { aliveSeq } from './alive.ts';
import { claimNumberOf, rowOf } from './lease-token.ts';
import type { Session } from './session.ts';
import { SELECT_TASK, type StoredTask, storedTaskOf, type TaskRow } from './task-row.ts';

/** The fence of every write of a worker, with {@link fenceOf}: the claim and its worker are still the task's. */
export const FENCE =
  "task.seq = ? AND task.id = ? AND task.status = 'processing' AND task.lease_token = ? AND task.lease_owner = ?";

const SELECT_LEASED = `${SELECT_TASK} WHERE ${FENCE}`;
const SELECT_IS_LEASED = `SELECT 1 FROM task WHERE ${FENCE}`;

export type Fence = readonly [seq: number, taskId: string, token: number, owner: number];

/** The parameters of {@link FENCE}; undefined when the lease's worker is not alive. */
export function fenceOf(session: Session, { taskId, token, workerId }: Lease): Fence | undefined {
  const owner = ownerOf(session, workerId);
  return owner === undefined ? undefined : [rowOf(token), taskId, claimNumberOf(token), owner];
}

/** The number of the worker's row while it is alive; asked once per transaction and worker. */
export function ownerOf(session: Session, workerId: string): number | undefined {
  return session.once(aliveKey(workerId), () => aliveSeq(session, workerId));
}

/** Whether the lease gives the right to write, within the running write. */
export function isLeased(session: Session, lease: Lease): boolean {
  const fence = fenceOf(session, lease);
  return fence !== undefined && session.one(SELECT_IS_LEASED, ...fence) !== undefined;
}

/** Has the later writes of the running transaction find the worker's leases void. */
export function voidLeases(session: Session, workerId: string): void {
  session.effects.remembered.set(aliveKey(workerId), undefined);
}

function aliveKey(workerId: string): string {
  return `alive ${workerId}`;
}

/** The task that a lease gives the right to write, within the running write. @throws ConceptError LEASE_LOST */
export function requireLease(session: Session, lease: Lease): StoredTask {
  const row = session.one<TaskRow>(SELECT_LEASED, ...requireFence(session, lease));
  if (row) return storedTaskOf(row);
  throw leaseLost(lease);
}

/** @throws ConceptError LEASE_LOST when the lease's worker is not alive. */
export function requireFence(session: Session, lease: Lease): Fence {
  const fence = fenceOf(session, lease);
  if (fence) return fence;
  throw leaseLost(lease);
}

export function leaseLost({ taskId, workerId }: Lease): ConceptError {
  return new ConceptError('LEASE_LOST', `worker ${workerId} no longer holds the lease of task ${taskId}`, {
    hint: 'drop the work: the task was cancelled, or is in line for another worker',
  });
}
