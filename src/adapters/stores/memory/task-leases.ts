import { ConceptError } from '../../../core/errors.ts';
import type { Lease, Task } from '../../../core/task.ts';
import type { Checkpoint, FailRequest, TaskLeases, TaskResult } from '../../../ports/task-leases.ts';
import { changeTask, replaceTask } from './change-task.ts';
import { claimTasks } from './claim.ts';
import { captureCredits, refundCredits } from './credit-ledger.ts';
import { appendEvent } from './event-log.ts';
import { jsonCopy, type MemoryState, type TaskRow, timestamp, transact, write } from './state.ts';
import { sweepLeases } from './sweep.ts';
import { isLeaseValid } from './worker-registry.ts';

export function memoryTaskLeases(state: MemoryState): TaskLeases {
  return {
    claim: (request, options) => transact(state, options, () => claimTasks(state, request)),

    record: ({ lease, events, progress }, options) =>
      transact(state, options, () => {
        const row = leasedRow(state, lease);
        for (const event of events) appendEvent(state, row.task.id, row.task.attempt, event);
        if (progress) replaceTask(state, row, { ...row.task, progress, updatedAt: timestamp(state) });
      }),

    checkpoint: ({ lease, checkpoint }, options) =>
      transact(state, options, () => saveCheckpoint(state, leasedRow(state, lease), checkpoint)),

    complete: ({ lease, result }, options) =>
      transact(state, options, () => completeTask(state, leasedRow(state, lease), result)),

    fail: (request, options) =>
      transact(state, options, () => endAttempt(state, leasedRow(state, request.lease), request)),

    release: (lease, options) =>
      transact(state, options, () => {
        const event = { type: 'released', data: { workerId: lease.workerId } } as const;
        return changeTask(state, leasedRow(state, lease), { kind: 'release' }, event);
      }),

    sweep: (options) => transact(state, options, () => sweepLeases(state)),
  };
}

/** The task that a lease gives the right to write. @throws LEASE_LOST */
function leasedRow(state: MemoryState, lease: Lease): TaskRow {
  if (isLeaseValid(state, lease)) return state.tasks.get(lease.taskId)!;
  throw new ConceptError('LEASE_LOST', `worker ${lease.workerId} no longer holds the lease of task ${lease.taskId}`, {
    hint: 'drop the work: the task was cancelled, or is in line for another worker',
  });
}

function saveCheckpoint(state: MemoryState, { task }: TaskRow, checkpoint: Checkpoint): void {
  const others = (state.checkpoints.get(task.id) ?? []).filter(({ stage }) => stage !== checkpoint.stage);
  write(state, state.checkpoints, task.id, [...others, jsonCopy(checkpoint)]);
}

function completeTask(state: MemoryState, row: TaskRow, { concept, partial }: TaskResult): Task {
  const change = { kind: 'complete', resultId: concept.id, partial } as const;
  write(state, state.concepts, concept.id, { concept: jsonCopy(concept), order: state.concepts.size + 1 });
  const task = changeTask(state, row, change, { type: 'completed', data: { resultId: concept.id, partial } });
  captureCredits(state, task);
  return task;
}

function endAttempt(state: MemoryState, row: TaskRow, { error, retryAt }: FailRequest): Task {
  if (retryAt !== null) {
    const event = { type: 'rescheduled', data: { error, runAt: retryAt } } as const;
    return changeTask(state, row, { kind: 'reschedule', error, runAt: retryAt }, event);
  }
  const task = changeTask(state, row, { kind: 'fail', error }, { type: 'failed', data: { error } });
  refundCredits(state, task);
  return task;
}
