import { setImmediate } from 'node:timers/promises';
import { throwIfAborted } from '../core/abort.ts';

/** Work that yields after every millisecond or so, so that whoever drives it may let others run. */
export type SlicedWork<T> = Generator<undefined, T, undefined>;

/** Pixels (or as costly items) to work through between two yields: about a millisecond. */
export const SLICE_PIXELS = 2 ** 15;

// Long enough that pausing costs next to nothing, short enough that a heartbeat or Ctrl-C never waits.
const SLICE_MS = 6;

let turn = Promise.resolve();

/** Works in one go. */
export function finishAtOnce<T>(work: SlicedWork<T>): T {
  let step = work.next();
  while (!step.done) step = work.next();
  return step.value;
}

/**
 * Works in slices of about 6 ms, between which the event loop runs.
 * @throws ABORTED, TIMEOUT or the signal's own reason, at the end of the slice in which it aborts.
 */
export async function finishInSlices<T>(work: SlicedWork<T>, signal: AbortSignal | undefined): Promise<T> {
  for (;;) {
    await nextTurn();
    throwIfAborted(signal);
    const pauseAtMs = performance.now() + SLICE_MS;
    while (performance.now() < pauseAtMs) {
      const step = work.next();
      if (step.done) return step.value;
    }
  }
}

/** One slice per round of the event loop, however many images are worked on at the same time. */
function nextTurn(): Promise<void> {
  turn = turn.then(() => setImmediate());
  return turn;
}
