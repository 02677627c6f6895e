import type { Clock } from '../ports/clock.ts';

const TRIES = 100;
/** Quicker than anything that one process can tell another. */
const SHORT_ENOUGH_MS = 0.05;

/**
 * What `processMs`, which counts from the start of this process, lacks to `bootMs`, which counts from that of the machine. The process
 * may be set aside between two readings, so the quickest of several tries counts: a clock that lags behind those of other processes
 * finds the beats of their workers in its future, and takes them for dead.
 */
export function bootOffsetMs(bootMs: () => number, processMs: () => number): number {
  let best = { tookMs: Number.POSITIVE_INFINITY, offsetMs: 0 };
  for (let tries = 0; tries < TRIES && best.tookMs > SHORT_ENOUGH_MS; tries++) {
    const before = processMs();
    const boot = bootMs();
    const after = processMs();
    const tookMs = after - before;
    if (tookMs < best.tookMs) best = { tookMs, offsetMs: boot - before - tookMs / 2 };
  }
  return best.offsetMs;
}

const BOOT_OFFSET_MS = bootOffsetMs(
  () => Number(process.hrtime.bigint()) / 1e6,
  () => performance.now(),
);

/** The machine's clock and its random source (cryptographic for bytes; the global one loads on first use). */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => BOOT_OFFSET_MS + performance.now(),
  random: () => Math.random(),
  randomBytes: pooledBytes,
};

/** A call to the random source costs several microseconds however little it gives; an id needs ten bytes. */
const POOL_BYTES = 4_096;
let pool = new Uint8Array(0);
let given = 0;

function pooledBytes(length: number): Uint8Array {
  if (length > POOL_BYTES) return crypto.getRandomValues(new Uint8Array(length));
  if (given + length > pool.length) {
    // A new one: who was given a part of the old one may still hold it.
    pool = crypto.getRandomValues(new Uint8Array(POOL_BYTES));
    given = 0;
  }
  // Never given twice.
  given += length;
  return pool.subarray(given - length, given);
}
