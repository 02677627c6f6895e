import { randomFillSync } from 'node:crypto';
import type { Clock } from '../ports/clock.ts';

/** The machine's clock and its random source (cryptographic for bytes). */
export const systemClock: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  randomBytes: (length) => randomFillSync(new Uint8Array(length)),
};
