import type { Clock } from '../ports/clock.ts';

export interface FakeClockOptions {
  /** Unix time at the start in milliseconds, default 2026-01-01T00:00:00Z. */
  readonly nowMs?: number;
  /** Monotonic time at the start in milliseconds, default 1,000,000. */
  readonly monotonicMs?: number;
  /** Start of the random sequence, default 1. */
  readonly seed?: number;
}

export interface FakeClock extends Clock {
  /** Moves the time forward. */
  advance(ms: number): void;
  /** Sets the wall clock forward or, with a negative number, back; monotonic time stands still. */
  step(ms: number): void;
}

const DEFAULT_NOW_MS = Date.UTC(2026, 0, 1);
const DEFAULT_MONOTONIC_MS = 1_000_000;

/** A clock that stands still until it is told to move, with a random sequence that is the same on every run. */
export function fakeClock(options: FakeClockOptions = {}): FakeClock {
  const { nowMs = DEFAULT_NOW_MS, monotonicMs = DEFAULT_MONOTONIC_MS, seed = 1 } = options;
  let time = nowMs;
  let monotonic = monotonicMs;
  const random = seededRandom(seed);
  return {
    now: () => time,
    monotonic: () => monotonic,
    random,
    randomBytes: (length) => Uint8Array.from({ length }, () => Math.floor(random() * 256)),
    advance(ms) {
      time += ms;
      monotonic += ms;
    },
    step(ms) {
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
