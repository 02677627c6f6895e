import { ConceptError } from '../../../core/errors.ts';
import type { Lease } from '../../../core/task.ts';
import { isAlive } from './alive.ts';
import type { SqlValue } from './driver.ts';
import type { Session } from './session.ts';
import { SELECT_TASK, type StoredTask, storedTaskOf, type TaskRow } from './task-row.ts';

/** The fence of every write of a worker, with {@link fenceOf}: the token is the task's. */
export const FENCE =
  "task.seq = ? AND task.id = ? AND task.status = 'processing' AND task.lease_token = ? AND task.lease_owner = ?";

const SELECT_LEASED = `${SELECT_TASK} WHERE ${FENCE}`;
const SELECT_IS_LEASED = `SELECT 1 FROM task WHERE ${FENCE}`;

export function fenceOf(lease: Lease): [SqlValue, SqlValue, SqlValue, SqlValue] {
  const { taskId, token, workerId } = lease;
  return [rowOf(lease), taskId, token, workerId];
}

/** The number of the task's row: a token ends with it (see the claim). */
export function rowOf({ token }: Lease): number {
  return Number(token.slice(token.lastIndexOf('-') + 1));
}

/** Whether the lease gives the right to write, within the running write. */
export function isLeased(session: Session, lease: Lease): boolean {
  return isHolderAlive(session, lease) && session.one(SELECT_IS_LEASED, ...fenceOf(lease)) !== undefined;
}

/** The other half of the fence: the lease's worker is alive. Asked once per transaction. */
export function isHolderAlive(session: Session, { workerId }: Lease): boolean {
  return session.once(`alive ${workerId}`, () => isAlive(session, workerId));
}

/** The task that a lease gives the right to write, within the running write. @throws ConceptError LEASE_LOST */
export function requireLease(session: Session, lease: Lease): StoredTask {
  const row = isHolderAlive(session, lease) ? session.one<TaskRow>(SELECT_LEASED, ...fenceOf(lease)) : undefined;
  if (row) return storedTaskOf(row);
  throw leaseLost(lease);
}

export function leaseLost({ taskId, workerId }: Lease): ConceptError {
  return new ConceptError('LEASE_LOST', `worker ${workerId} no longer holds the lease of task ${taskId}`, {
    hint: 'drop the work: the task was cancelled, or is in line for another worker',
  });
}
