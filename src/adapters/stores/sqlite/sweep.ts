import { leaseExpired } from '../../../core/lease-expired.ts';
import type { ProcessingTask } from '../../../core/task.ts';
import type { CallOptions } from '../../../ports/task-store.ts';
import type { SweepReport } from '../../../ports/task-leases.ts';
import { appendEvent } from './append-event.ts';
import { changeTask } from './change-task.ts';
import { refundCredits } from './credit-ledger.ts';
import type { Session } from './session.ts';
import { SELECT_TASK, storedTaskOf, type TaskRow } from './task-row.ts';
import { hasDueTasks, promoteDueTasks } from './waiting-tasks.ts';

/** Also finds tasks of a worker that died long ago, or was never there: nothing stays stuck. */
const SELECT_ORPHANS = `${SELECT_TASK} LEFT JOIN worker ON worker.id = task.lease_owner
  WHERE task.status = 'processing' AND (worker.id IS NULL OR worker.dead = 1 OR worker.expires_at <= ?)
  ORDER BY task.seq`;
const SELECT_ORPHAN = `
  SELECT 1 FROM task LEFT JOIN worker ON worker.id = task.lease_owner
  WHERE task.status = 'processing' AND (worker.id IS NULL OR worker.dead = 1 OR worker.expires_at <= ?) LIMIT 1`;
const SELECT_EXPIRED = 'SELECT 1 FROM worker WHERE dead = 0 AND expires_at <= ? LIMIT 1';
const BURY_EXPIRED = 'UPDATE worker SET dead = 1 WHERE dead = 0 AND expires_at <= ?';

/** See `TaskLeases.sweep`. */
export async function sweepLeases(session: Session, options?: CallOptions): Promise<SweepReport> {
  // Every worker sweeps all the time: the write lock is taken only when there is something to do.
  const isClean = await session.read(options, () => {
    const now = session.clock.now();
    return !session.one(SELECT_EXPIRED, now) && !session.one(SELECT_ORPHAN, now) && !hasDueTasks(session);
  });
  if (isClean) return { returned: 0, failed: 0 };
  return session.write(options, () => {
    const now = session.clock.now();
    const report = { returned: 0, failed: 0 };
    session.run(BURY_EXPIRED, now);
    for (const row of session.all<TaskRow>(SELECT_ORPHANS, now)) report[expireLease(session, row)] += 1;
    promoteDueTasks(session);
    return report;
  });
}

function expireLease(session: Session, row: TaskRow): keyof SweepReport {
  const stored = storedTaskOf(row);
  const before = stored.task as ProcessingTask;
  const error = leaseExpired(before);
  const data = { workerId: before.leaseOwner, error };
  const after = changeTask(session, stored, { kind: 'expire', error }, { type: 'lease.expired', data });
  if (after.status !== 'failed') return 'returned';
  appendEvent(session, stored.seq, after.attempt, { type: 'failed', data: { error } });
  refundCredits(session, stored);
  return 'failed';
}
