import type { Task } from '../../../core/task.ts';
import { isDue } from './due.ts';
import { type MemoryState, type TaskRow, write } from './state.ts';

/**
 * The place of a new task in the line of its priority, whatever its type: behind its user's last one, and not before those that are
 * being served. Whoever submits much stands far back with most of it; whoever submitted nothing has saved no turns.
 * After self-clocked fair queueing (S. J. Golestani, INFOCOM 1994).
 */
export function takeTurn(state: MemoryState, task: Task): number {
  const user = JSON.stringify([task.userId, task.priority]);
  const turn = Math.max(state.turnsGiven.get(user) ?? 0, state.turnsServed.get(task.priority) ?? 0) + 1;
  write(state, state.turnsGiven, user, turn);
  return turn;
}

/** Of a task that waits for its time: it takes its turn when it comes in line. */
export const NO_TURN = 0;

/** Gives turns to tasks whose time has come, the longest due first. Retries had theirs, and keep it. */
export function giveDueTurns(state: MemoryState): void {
  const due = [...state.tasks.values()].filter(
    ({ task, turn }) => turn === NO_TURN && task.status === 'pending' && isDue(state, task),
  );
  for (const row of due.toSorted(byDueTime)) {
    write(state, state.tasks, row.task.id, { ...row, turn: takeTurn(state, row.task) });
  }
}

function byDueTime(a: TaskRow, b: TaskRow): number {
  return Date.parse(a.task.runAt) - Date.parse(b.task.runAt) || a.order - b.order;
}

/** Notes that the line has come to this turn. */
export function serveTurn(state: MemoryState, { task, turn }: TaskRow): void {
  const served = state.turnsServed.get(task.priority) ?? 0;
  write(state, state.turnsServed, task.priority, Math.max(served, turn));
}
