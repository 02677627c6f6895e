import type { Clock } from '../ports/clock.ts';

export interface FakeClockOptions {
  /** Unix time at the start in milliseconds, default 2026-01-01T00:00:00Z. */
  readonly nowMs?: number;
  /** Start of the random sequence, default 1. */
  readonly seed?: number;
}

export interface FakeClock extends Clock {
  /** Moves the time forward. */
  advance(ms: number): void;
}

const DEFAULT_NOW_MS = Date.UTC(2026, 0, 1);

/** A clock that stands still until it is told to move, with a random sequence that is the same on every run. */
export function fakeClock({ nowMs = DEFAULT_NOW_MS, seed = 1 }: FakeClockOptions = {}): FakeClock {
  let time = nowMs;
  const random = seededRandom(seed);
  return {
    now: () => time,
    random,
    randomBytes: (length) => Uint8Array.from({ length }, () => Math.floor(random() * 256)),
    advance(ms) {
      time += ms;
    },
  };
}

/** The mulberry32 generator (Tommy Ettinger, 2017, public domain). */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
