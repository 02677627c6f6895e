import { leaseExpired } from '../../../core/lease-expired.ts';
import type { ProcessingTask } from '../../../core/task.ts';
import type { SweepReport } from '../../../ports/task-leases.ts';
import { changeTask } from './change-task.ts';
import { refundCredits } from './credit-ledger.ts';
import { appendEvent } from './event-log.ts';
import { type MemoryState, type TaskRow, write } from './state.ts';
import { liveWorker } from './worker-registry.ts';

/** Ends the leases of workers that are not alive, within the running transaction. */
export function sweepLeases(state: MemoryState): SweepReport {
  const report = { returned: 0, failed: 0 };
  for (const row of state.tasks.values()) {
    if (row.task.status !== 'processing' || liveWorker(state, row.task.leaseOwner)) continue;
    report[expireLease(state, row, row.task)] += 1;
  }
  buryWorkers(state);
  return report;
}

function expireLease(state: MemoryState, row: TaskRow, task: ProcessingTask): keyof SweepReport {
  const error = leaseExpired(task);
  const data = { workerId: task.leaseOwner, error };
  const after = changeTask(state, row, { kind: 'expire', error }, { type: 'lease.expired', data });
  if (after.status !== 'failed') return 'returned';
  appendEvent(state, after.id, after.attempt, { type: 'failed', data: { error } });
  refundCredits(state, after);
  return 'failed';
}

function buryWorkers(state: MemoryState): void {
  for (const [id, worker] of state.workers) {
    if (!worker.dead && !liveWorker(state, id)) write(state, state.workers, id, { ...worker, dead: true });
  }
}
