import { ConceptError } from '../../../core/errors.ts';
import { assertResultSize } from '../../../core/result-size.ts';
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
        const row = begunRow(state, lease);
        for (const event of events) appendEvent(state, row.task.id, row.task.attempt, event);
        if (progress) replaceTask(state, row, { ...row.task, progress, updatedAt: timestamp(state) });
      }),

    checkpoint: ({ lease, checkpoint }, options) =>
      transact(state, options, () => saveCheckpoint(state, begunRow(state, lease), checkpoint)),

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

/** Like {@link leasedRow}; from now on the attempt counts, even if it was claimed ahead. */
function begunRow(state: MemoryState, lease: Lease): TaskRow {
  const row = { ...leasedRow(state, lease), ahead: false };
  write(state, state.tasks, lease.taskId, row);
  return row;
}

function saveCheckpoint(state: MemoryState, { task }: TaskRow, checkpoint: Checkpoint): void {
  const others = (state.checkpoints.get(task.id) ?? []).filter(({ stage }) => stage !== checkpoint.stage);
  write(state, state.checkpoints, task.id, [...others, jsonCopy(checkpoint)]);
}

function completeTask(state: MemoryState, row: TaskRow, result: TaskResult): void {
  assertResultSize(JSON.stringify(result));
  const resultId = saveResult(state, row.task.id, result);
  const { partial } = result;
  const event = { type: 'completed', data: { resultId, partial } } as const;
  captureCredits(state, changeTask(state, row, { kind: 'complete', resultId, partial }, event));
}

/** @returns the id under which the result is found again. */
function saveResult(state: MemoryState, taskId: string, result: TaskResult): string {
  if (!('concept' in result)) {
    write(state, state.results, taskId, jsonCopy(result));
    return taskId;
  }
  const concept = jsonCopy(result.concept);
  write(state, state.concepts, concept.id, { concept, order: state.nextOrder() });
  return concept.id;
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
