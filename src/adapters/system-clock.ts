import type { Clock } from '../ports/clock.ts';

/** The machine's clock and its random source (cryptographic for bytes; the global one loads on first use). */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => Number(process.hrtime.bigint() / 1_000n) / 1_000,
  random: () => Math.random(),
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
};
