import type { NewTaskEvent } from '../../../core/event.ts';
import type { Task } from '../../../core/task.ts';
import { type TaskChange, transition } from '../../../core/transition.ts';
import { appendEvent } from './event-log.ts';
import { jsonCopy, type MemoryState, type TaskRow, timestamp, write } from './state.ts';

/** Changes a task's state and tells of it; part of the running transaction. */
export function changeTask(state: MemoryState, row: TaskRow, change: TaskChange, event: NewTaskEvent): Task {
  const task = transition(row.task, change, timestamp(state));
  replaceTask(state, row, task);
  appendEvent(state, task.id, attemptToldOf(row.task, task, change), event);
  return jsonCopy(task);
}

/** An attempt that was taken back stops counting, yet its event tells of it. */
function attemptToldOf(before: Task, after: Task, { kind }: TaskChange): number {
  return kind === 'release' || kind === 'expire' ? before.attempt : after.attempt;
}

export function replaceTask(state: MemoryState, row: TaskRow, task: Task): void {
  write(state, state.tasks, task.id, { ...row, task: jsonCopy(task) });
}
