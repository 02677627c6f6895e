import { isTooLarge, resultTooLarge } from '../../../core/result-size.ts';
import type { Lease, Task, TaskProgress } from '../../../core/task.ts';
import type { Checkpoint, FailRequest, TaskLeases } from '../../../ports/task-leases.ts';
import { insertEvent } from './append-event.ts';
import { changeTask } from './change-task.ts';
import { claimTasks } from './claim.ts';
import { type Completion, completeMany } from './complete-many.ts';
import { completeTask } from './complete.ts';
import { refundHold } from './credit-ledger.ts';
import { FENCE, leaseLost, requireFence, requireLease } from './lease.ts';
import type { Session } from './session.ts';
import { sweepLeases } from './sweep.ts';
import { columnOf, type StoredTask } from './task-row.ts';
import type { NewTaskEvent } from '../../../core/event.ts';

/** A replaced checkpoint gets a new position: they come back in the order they were written. */
const DELETE_CHECKPOINT = 'DELETE FROM checkpoint WHERE task_seq = ? AND stage = ?';
const INSERT_CHECKPOINT = 'INSERT INTO checkpoint (task_seq, stage, data) VALUES (?, ?, ?)';
/** Something is known of the attempt from here on, so it counts. */
const TOUCH = `
  UPDATE task SET held = 0, event_seq = event_seq + ?, progress = coalesce(?, progress), updated_at = ?
  WHERE ${FENCE} RETURNING seq, attempt, event_seq AS number`;

interface TouchedRow {
  readonly seq: number;
  readonly attempt: number;
  /** Of the newest event. */
  readonly number: number;
}

export function sqliteTaskLeases(session: Session): TaskLeases {
  const complete = (completions: readonly Completion[]) => completeMany(session, completions);
  return {
    claim: (request, options) => claimTasks(session, request, options),

    // A power cut takes back what is not in the checkpoints too: progress and events need no disk of their own.
    record: ({ lease, events, progress }, options) =>
      session.stepHint(options, () => {
        const { seq, attempt, number } = touch(session, lease, events.length, progress);
        for (const [index, event] of events.entries()) {
          insertEvent(session, { taskSeq: seq, number: number - events.length + index + 1, attempt }, event);
        }
        session.mark('done');
      }),

    checkpoint: ({ lease, checkpoint, mayRepeat = false }, options) => {
      const write = mayRepeat ? session.stepHint : session.step;
      return write(options, () => saveCheckpoint(session, touch(session, lease, 0).seq, checkpoint));
    },

    complete: ({ lease, result }, options) => {
      const json = JSON.stringify('concept' in result ? result.concept : { data: result.data, files: result.files });
      if (isTooLarge(json)) return Promise.reject(resultTooLarge(json));
      return 'concept' in result
        ? session.step(options, () => completeTask(session, lease, result))
        : session.stepTogether(complete, { lease, result, json }, options);
    },

    fail: (request, options) =>
      session.step(options, () => endAttempt(session, requireLease(session, request.lease), request)),

    release: (lease, options) =>
      session.step(options, () => {
        const event = { type: 'released', data: { workerId: lease.workerId } } as const satisfies NewTaskEvent;
        return changeTask(session, requireLease(session, lease), { kind: 'release' }, event);
      }),

    sweep: (options) => sweepLeases(session, options),
  };
}

/** Makes room for events, and sets the progress when one is given. @throws ConceptError LEASE_LOST */
function touch(session: Session, lease: Lease, events: number, progress?: TaskProgress): TouchedRow {
  const fence = requireFence(session, lease);
  const row = session.one<TouchedRow>(TOUCH, events, columnOf(progress), session.clock.now(), ...fence);
  if (row) return row;
  throw leaseLost(lease);
}

function saveCheckpoint(session: Session, seq: number, { stage, data }: Checkpoint): void {
  session.run(DELETE_CHECKPOINT, seq, stage);
  session.run(INSERT_CHECKPOINT, seq, stage, JSON.stringify(data) ?? 'null');
}

function endAttempt(session: Session, stored: StoredTask, { error, retryAt }: FailRequest): Task {
  if (retryAt !== null) {
    const event = { type: 'rescheduled', data: { error, runAt: retryAt } } as const;
    return changeTask(session, stored, { kind: 'reschedule', error, runAt: retryAt }, event);
  }
  const task = changeTask(session, stored, { kind: 'fail', error }, { type: 'failed', data: { error } });
  refundHold(session, stored.seq, task.userId);
  return task;
}
