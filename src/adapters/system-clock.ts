import type { Clock } from '../ports/clock.ts';

/** The machine's clock and its random source (cryptographic for bytes; the global one loads on first use). */
/** `performance.now()` counts from the start of this process, `hrtime` from that of the machine: readings of one boot compare. */
const BOOT_OFFSET_MS = Number(process.hrtime.bigint()) / 1e6 - performance.now();

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => BOOT_OFFSET_MS + performance.now(),
  random: () => Math.random(),
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
};
