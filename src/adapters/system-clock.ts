import type { Clock } from '../ports/clock.ts';

/** The machine's clock and its random source (cryptographic for bytes; the global one loads on first use). */
export const systemClock: Clock = {
  now: () => Date.now(),
  // Counts from the machine's start in every process: processes of one boot can compare their readings.
  monotonic: () => Number(process.hrtime.bigint()) / 1e6,
  random: () => Math.random(),
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
};
