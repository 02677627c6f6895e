import type { Task } from '../../../core/task.ts';
import type { FailRequest, TaskLeases, TaskResult } from '../../../ports/task-leases.ts';
import { appendEvent } from './append-event.ts';
import { changeTask, replaceTask } from './change-task.ts';
import { claimTasks } from './claim.ts';
import { insertConcept } from './concept-store.ts';
import { captureCredits, refundCredits } from './credit-ledger.ts';
import { requireLease } from './lease.ts';
import type { Session } from './session.ts';
import { sweepLeases } from './sweep.ts';
import type { StoredTask } from './task-row.ts';
import { isoOf } from './time.ts';

/** A replaced checkpoint gets a new position: they come back in the order they were written. */
const DELETE_CHECKPOINT = 'DELETE FROM checkpoint WHERE task_seq = ? AND stage = ?';
const INSERT_CHECKPOINT = 'INSERT INTO checkpoint (task_seq, stage, data) VALUES (?, ?, ?)';

export function sqliteTaskLeases(session: Session): TaskLeases {
  return {
    claim: (request, options) => claimTasks(session, request, options),

    record: ({ lease, events, progress }, options) =>
      session.write(options, () => {
        const { seq, task } = requireLease(session, lease);
        for (const event of events) appendEvent(session, seq, task.attempt, event);
        if (progress) replaceTask(session, seq, { ...task, progress, updatedAt: isoOf(session.clock.now()) });
      }),

    checkpoint: ({ lease, checkpoint: { stage, data } }, options) =>
      session.write(options, () => {
        const { seq } = requireLease(session, lease);
        session.run(DELETE_CHECKPOINT, seq, stage);
        session.run(INSERT_CHECKPOINT, seq, stage, JSON.stringify(data) ?? 'null');
      }),

    complete: ({ lease, result }, options) =>
      session.write(options, () => completeTask(session, requireLease(session, lease), result)),

    fail: (request, options) =>
      session.write(options, () => endAttempt(session, requireLease(session, request.lease), request)),

    release: (lease, options) =>
      session.write(options, () => {
        const event = { type: 'released', data: { workerId: lease.workerId } } as const;
        return changeTask(session, requireLease(session, lease), { kind: 'release' }, event);
      }),

    sweep: (options) => sweepLeases(session, options),
  };
}

function completeTask(session: Session, stored: StoredTask, { concept, partial }: TaskResult): Task {
  insertConcept(session, concept);
  const change = { kind: 'complete', resultId: concept.id, partial } as const;
  const task = changeTask(session, stored, change, { type: 'completed', data: { resultId: concept.id, partial } });
  captureCredits(session, stored);
  return task;
}

function endAttempt(session: Session, stored: StoredTask, { error, retryAt }: FailRequest): Task {
  if (retryAt !== null) {
    const event = { type: 'rescheduled', data: { error, runAt: retryAt } } as const;
    return changeTask(session, stored, { kind: 'reschedule', error, runAt: retryAt }, event);
  }
  const task = changeTask(session, stored, { kind: 'fail', error }, { type: 'failed', data: { error } });
  refundCredits(session, stored);
  return task;
}
