import { ConceptError } from '../../../core/errors.ts';
import type { Lease } from '../../../core/task.ts';
import type { Session } from './session.ts';
import { SELECT_TASK, type StoredTask, storedTaskOf, type TaskRow } from './task-row.ts';

/** The fence: the token is the task's, and its worker is alive at this moment. */
const SELECT_LEASED = `${SELECT_TASK} JOIN worker ON worker.id = task.lease_owner
  WHERE task.id = ? AND task.status = 'processing' AND task.lease_token = ? AND task.lease_owner = ?
    AND worker.dead = 0 AND worker.expires_at > ?`;

/** The task that a lease gives the right to write, within the running transaction; undefined when the lease is void. */
export function leasedTask(session: Session, lease: Lease): StoredTask | undefined {
  const { taskId, token, workerId } = lease;
  const row = session.one<TaskRow>(SELECT_LEASED, taskId, token, workerId, session.clock.now());
  return row && storedTaskOf(row);
}

/** Like {@link leasedTask}. @throws ConceptError LEASE_LOST */
export function requireLease(session: Session, lease: Lease): StoredTask {
  const stored = leasedTask(session, lease);
  if (stored) return stored;
  throw new ConceptError('LEASE_LOST', `worker ${lease.workerId} no longer holds the lease of task ${lease.taskId}`, {
    hint: 'drop the work: the task was cancelled, or is in line for another worker',
  });
}
