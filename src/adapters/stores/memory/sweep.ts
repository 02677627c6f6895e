import { PARTS_STAGE } from '../../../core/closing-run.ts';
import { leaseExpired } from '../../../core/lease-expired.ts';
import type { ProcessingTask, Task } from '../../../core/task.ts';
import type { SweepReport } from '../../../ports/task-leases.ts';
import { changeTask, replaceTask } from './change-task.ts';
import { refundCredits } from './credit-ledger.ts';
import { isDue } from './due.ts';
import { appendEvent } from './event-log.ts';
import { type MemoryState, type TaskRow, timestamp, write } from './state.ts';
import { giveDueTurns } from './turns.ts';
import { liveWorker } from './worker-registry.ts';

/** Small corrections of the wall clock are not worth a change. */
const CLOCK_TOLERANCE_MS = 1_000;

/** Ends the leases of workers that are not alive, within the running transaction. */
export function sweepLeases(state: MemoryState): SweepReport {
  const report = { returned: 0, failed: 0 };
  for (const row of state.tasks.values()) {
    if (isStranded(state, row.task)) bringForward(state, row);
    if (row.task.status !== 'processing' || liveWorker(state, row.task.leaseOwner)) continue;
    report[expireLease(state, row, row.task)] += 1;
  }
  buryWorkers(state);
  giveDueTurns(state);
  return report;
}

function expireLease(state: MemoryState, row: TaskRow, task: ProcessingTask): keyof SweepReport {
  const error = leaseExpired(task);
  const data = { workerId: task.leaseOwner, error };
  const hasParts = (state.checkpoints.get(task.id) ?? []).some(({ stage }) => stage === PARTS_STAGE);
  const change = { kind: 'expire', error, counts: !row.ahead, hasParts } as const;
  const after = changeTask(state, row, change, { type: 'lease.expired', data });
  if (after.status !== 'failed') return 'returned';
  appendEvent(state, after.id, after.attempt, { type: 'failed', data: { error } });
  refundCredits(state, after);
  return 'failed';
}

/** Waits for a retry whose time was set by a wall clock that has been set back since. */
function isStranded(state: MemoryState, task: Task): boolean {
  const isRetrying = task.status === 'pending' && task.error !== null && !isDue(state, task);
  return isRetrying && Date.parse(task.updatedAt) - state.clock.now() > CLOCK_TOLERANCE_MS;
}

function bringForward(state: MemoryState, row: TaskRow): void {
  const now = timestamp(state);
  replaceTask(state, row, { ...row.task, runAt: now, updatedAt: now });
}

function buryWorkers(state: MemoryState): void {
  for (const [id, worker] of state.workers) {
    if (!worker.dead && !liveWorker(state, id)) write(state, state.workers, id, { ...worker, dead: true });
  }
}
