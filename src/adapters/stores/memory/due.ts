import type { Task } from '../../../core/task.ts';
import type { MemoryState } from './state.ts';

/** Whether a pending task's time has come. One that was due when it last changed stays due, even if the wall clock is set back. */
export function isDue(state: MemoryState, { runAt, updatedAt }: Task): boolean {
  return Date.parse(runAt) <= Math.max(state.clock.now(), Date.parse(updatedAt));
}
