import { PARTS_STAGE } from '../../../core/closing-run.ts';
import { leaseExpired } from '../../../core/lease-expired.ts';
import type { ProcessingTask } from '../../../core/task.ts';
import type { CallOptions } from '../../../ports/task-store.ts';
import type { SweepReport } from '../../../ports/task-leases.ts';
import { IS_ALIVE, monotonicMs } from './alive.ts';
import { appendEvent } from './append-event.ts';
import { changeTask } from './change-task.ts';
import { refundHold } from './credit-ledger.ts';
import { createParkedMender } from './mend-parked.ts';
import type { Session } from './session.ts';
import { SELECT_TASK, storedTaskOf, type TaskRow } from './task-row.ts';
import { createStepWatch } from './step-watch.ts';
import { hasDueTasks, promoteDueTasks } from './waiting-tasks.ts';

/** Tasks returned in one transaction: others get the lock between two of them. */
const RETURNED_AT_ONCE = 200;

/** Also finds tasks of a worker that died long ago, or was never there: nothing stays stuck. */
const IS_ORPHAN = `task.status = 'processing' AND (worker.seq IS NULL OR NOT (${IS_ALIVE}))`;
/** The plus keeps SQLite from reading the whole table in its order: the few running tasks are quicker found and sorted. */
const SELECT_ORPHANS = `
  ${SELECT_TASK} LEFT JOIN worker ON worker.seq = task.lease_owner WHERE ${IS_ORPHAN} ORDER BY +task.seq LIMIT ?2`;
const SELECT_ORPHAN = `
  SELECT 1 FROM task LEFT JOIN worker ON worker.seq = task.lease_owner WHERE ${IS_ORPHAN} LIMIT 1`;
const SELECT_EXPIRED = `SELECT 1 FROM worker WHERE dead = 0 AND NOT (${IS_ALIVE}) LIMIT 1`;
const BURY_EXPIRED = `UPDATE worker SET dead = 1, ended_at = ?2 WHERE dead = 0 AND NOT (${IS_ALIVE})`;

const SELECT_PARTS = 'SELECT 1 FROM checkpoint WHERE task_seq = ? AND stage = ?';

const stepWatch = createStepWatch();
const parkedMender = createParkedMender();

/** See `TaskLeases.sweep`. */
export async function sweepLeases(session: Session, options?: CallOptions): Promise<SweepReport> {
  const report: Record<keyof SweepReport, number> = { returned: 0, failed: 0 };
  await stepWatch.mend(session, options);
  await parkedMender.mend(session, options);
  // Every worker sweeps all the time: the write lock is taken only when there is something to do.
  const isDirty = (): boolean => {
    const now = monotonicMs(session);
    const found = session.one(SELECT_EXPIRED, now) ?? session.one(SELECT_ORPHAN, now);
    return found !== undefined || hasDueTasks(session);
  };
  if (!(await session.read(options, isDirty))) return report;
  for (;;) {
    const outcomes = await session.write(options, () => sweepOnce(session));
    for (const outcome of outcomes) report[outcome] += 1;
    if (outcomes.length < RETURNED_AT_ONCE) return report;
  }
}

function sweepOnce(session: Session): readonly (keyof SweepReport)[] {
  const now = monotonicMs(session);
  session.run(BURY_EXPIRED, now, session.clock.now());
  const orphans = session.all<TaskRow>(SELECT_ORPHANS, now, RETURNED_AT_ONCE);
  const outcomes = orphans.map((row) => expireLease(session, row));
  promoteDueTasks(session);
  return outcomes;
}

function expireLease(session: Session, row: TaskRow): keyof SweepReport {
  const stored = storedTaskOf(row);
  const before = stored.task as ProcessingTask;
  const error = leaseExpired(before);
  const data = { workerId: before.leaseOwner, error };
  // Held ahead, and nothing was heard of it: it has most likely not begun.
  const hasParts = session.one(SELECT_PARTS, stored.seq, PARTS_STAGE) !== undefined;
  const change = { kind: 'expire', error, counts: row.held === 0, hasParts } as const;
  const after = changeTask(session, stored, change, { type: 'lease.expired', data });
  if (after.status !== 'failed') return 'returned';
  appendEvent(session, stored.seq, after.attempt, { type: 'failed', data: { error } });
  refundHold(session, stored.seq, after.userId);
  return 'failed';
}
