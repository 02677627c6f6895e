import type { NewTaskEvent } from '../../../core/event.ts';
import type { Task } from '../../../core/task.ts';
import { type TaskChange, transition } from '../../../core/transition.ts';
import { appendEvent } from './append-event.ts';
import type { Session } from './session.ts';
import { columnOf, type StoredTask } from './task-row.ts';
import { isoOf, msOf, msOrNull } from './time.ts';

const UPDATE_TASK = `
  UPDATE task SET status = ?, waiting = ?, run_at = ?, attempt = ?, lease_token = ?, lease_owner = ?, result_id = ?,
    partial = ?, error = ?, progress = ?, published_at = ?, updated_at = ?, started_at = ?, completed_at = ?
  WHERE seq = ?`;

/** Changes a task's state and tells of it; part of the running transaction. */
export function changeTask(session: Session, stored: StoredTask, change: TaskChange, event: NewTaskEvent): Task {
  const task = transition(stored.task, change, isoOf(session.clock.now()));
  replaceTask(session, stored.seq, task);
  // A released attempt stops counting, yet the event tells of it.
  appendEvent(session, stored.seq, change.kind === 'release' ? stored.task.attempt : task.attempt, event);
  return task;
}

/** Writes all of a task that can change. */
export function replaceTask(session: Session, seq: number, task: Task): void {
  const runAt = msOf(task.runAt, 'runAt');
  session.run(
    UPDATE_TASK,
    task.status,
    Number(task.status === 'pending' && isWaiting(session, runAt)),
    runAt,
    task.attempt,
    task.leaseToken,
    task.leaseOwner,
    task.resultId,
    Number(task.partial),
    columnOf(task.error),
    columnOf(task.progress),
    msOrNull(task.publishedAt, 'publishedAt'),
    msOf(task.updatedAt, 'updatedAt'),
    msOrNull(task.startedAt, 'startedAt'),
    msOrNull(task.completedAt, 'completedAt'),
    seq,
  );
  session.mark('done');
  if (task.status === 'pending') session.mark('work');
}

/** Whether a pending task is set aside until its time comes. */
export function isWaiting(session: Session, runAtMs: number): boolean {
  return runAtMs > session.clock.now();
}
