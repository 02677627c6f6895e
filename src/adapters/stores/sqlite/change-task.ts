import type { NewTaskEvent } from '../../../core/event.ts';
import { type ProcessingTask, type Task, WIRE_NAMES } from '../../../core/task.ts';
import { type TaskChange, transition } from '../../../core/transition.ts';
import { insertEvent } from './append-event.ts';
import { countChange } from './effects.ts';
import { takeTurn } from './fair-turns.ts';
import { unparkOne } from './parked-tasks.ts';
import type { Session } from './session.ts';
import { claimNumberOf } from './lease-token.ts';
import { columnOf, type StoredTask } from './task-row.ts';
import { isoOf, msOf, msOrNull } from './time.ts';

const UPDATE_TASK = `
  UPDATE task SET status = ?, waiting = ?, turn = coalesce(?, turn), run_at = ?, attempt = ?, lease_token = NULL, lease_owner = NULL,
    partial = ?, error = ?, progress = ?, published_at = ?, updated_at = ?, started_at = ?, completed_at = ?, held = 0,
    event_seq = event_seq + 1
  WHERE seq = ? RETURNING event_seq AS number`;

/** Changes a task's state and tells of it; part of the running write. Claims and completions have their own ways. */
export function changeTask(session: Session, stored: StoredTask, change: TaskChange, event: NewTaskEvent): Task {
  const before = stored.task;
  const task = transition(before, change, isoOf(session.clock.now()));
  if (before.status === 'processing') tellClaim(session, stored.seq, before);
  // Its owner asked for it anew. What comes back by itself keeps its turn: it has waited for it already.
  const turn = change.kind === 'retry' ? takeTurn(session, task, task.userId) : null;
  const number = replaceTask(session, stored.seq, task, turn);
  // An attempt that stops counting is still the one that the event tells of.
  const attempt = change.kind === 'release' || change.kind === 'expire' ? before.attempt : task.attempt;
  insertEvent(session, { taskSeq: stored.seq, number, attempt }, event);
  const type = WIRE_NAMES[task.type];
  countChange(session.effects, { type, batchId: task.batchId }, before.status, task.status);
  if (task.status === 'pending') session.mark('work');
  if (before.status === 'processing') unparkOne(session, task.userId);
  return task;
}

/** The event of the running attempt's claim, which followed from the lease so far. */
function tellClaim(session: Session, taskSeq: number, task: ProcessingTask): void {
  const number = claimNumberOf(task.leaseToken);
  const at = msOrNull(task.startedAt, 'startedAt');
  if (number === 0 || at === null) return;
  const place = { taskSeq, number, attempt: task.attempt, at };
  insertEvent(session, place, { type: 'claimed', data: { workerId: task.leaseOwner } });
}

/** Writes all of a task that can change; its turn only if there is a new one. @returns the number of its next event. */
function replaceTask(session: Session, seq: number, task: Task, turn: number | null): number {
  const runAt = msOf(task.runAt, 'runAt');
  const { number } = session.one<{ number: number }>(
    UPDATE_TASK,
    task.status,
    Number(task.status === 'pending' && isWaiting(session, runAt)),
    turn,
    runAt,
    task.attempt,
    Number(task.partial),
    columnOf(task.error),
    columnOf(task.progress),
    msOrNull(task.publishedAt, 'publishedAt'),
    msOf(task.updatedAt, 'updatedAt'),
    msOrNull(task.startedAt, 'startedAt'),
    msOrNull(task.completedAt, 'completedAt'),
    seq,
  )!;
  return number;
}

/** Whether a pending task is set aside until its time comes. */
export function isWaiting(session: Session, runAtMs: number): boolean {
  return runAtMs > session.clock.now();
}
