export interface StormOptions {
  /** How long workers are hit, from the first moment on. */
  readonly seconds: number;
  readonly tasks: number;
  readonly workers: number;
  readonly hitEveryMs: number;
  readonly leaseMs: number;
  /** How long a task takes, give or take a half. Below 5 ms workers hold tasks ahead. */
  readonly taskMs: number;
  /** In [0, 1): chooses the victims. */
  readonly random: () => number;
  /** Give up waiting for the last tasks then. */
  readonly drainMs: number;
}

export const STORM: Omit<StormOptions, 'random'> = {
  seconds: 30,
  tasks: 5_000,
  workers: 4,
  hitEveryMs: 300,
  leaseMs: 1_500,
  taskMs: 60,
  drainMs: 120_000,
};

/** Numbers that follow from a seed (Mulberry32, T. Ettinger, public domain). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
