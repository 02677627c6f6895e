import { delay } from '../core/abort.ts';
import type { TaskSlots } from './task-slots.ts';

/** How late a limit may be noticed, as a part of it; one look for all tasks is cheaper than a timer for each. */
const LOOKS_PER_LIMIT = 10;
const MAX_PAUSE_MS = 1_000;

/** Ends tasks that take longer than they may. */
export async function limitUntil(signal: AbortSignal, slots: TaskSlots, limitMs: number): Promise<void> {
  while (!signal.aborted) {
    await delay(Math.min(MAX_PAUSE_MS, limitMs / LOOKS_PER_LIMIT), signal);
    slots.limit(limitMs);
  }
}
