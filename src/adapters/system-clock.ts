import type { Clock } from '../ports/clock.ts';

/** `performance.now()` counts from the start of this process, `hrtime` from that of the machine: readings of one boot compare. */
const BOOT_OFFSET_MS = Number(process.hrtime.bigint()) / 1e6 - performance.now();

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
