import type { Task } from '../../../core/task.ts';
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

/** Notes that the line has come to this turn. */
export function serveTurn(state: MemoryState, { task, turn }: TaskRow): void {
  const served = state.turnsServed.get(task.priority) ?? 0;
  write(state, state.turnsServed, task.priority, Math.max(served, turn));
}
