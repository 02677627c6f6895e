/** How many tasks to claim beyond the free slots. */
export interface Prefetch {
  /** Tells how long a task took. */
  observe(durationMs: number): void;
  ahead(): number;
  /** Begins anew: tasks were held for longer than their forecast. */
  forget(): void;
}

/** A task that takes longer gains nothing: claiming it is a small part of its time. */
const WORTHWHILE_MS = 5;
/** What is held ahead is out of other workers' reach, and out of priority order: no longer than this. */
const MAX_HELD_MS = 50;
/** A forecast that was wrong by this much is worth correcting. */
export const OVERDUE_MS = 2 * MAX_HELD_MS;
const MAX_AHEAD = 500;
/** Before that many tasks their time is a guess. */
const MIN_OBSERVED = 20;
/** Weight of the newest task in the running average. */
const SMOOTHING = 0.1;

/** @param setting a fixed number, or `auto`: as many as take about 50 ms, while tasks take a few milliseconds at most. */
export function createPrefetch(setting: 'auto' | number): Prefetch {
  let observed = 0;
  let averageMs = 0;
  return {
    observe: (durationMs) => {
      observed += 1;
      averageMs += (durationMs - averageMs) * Math.max(SMOOTHING, 1 / observed);
    },
    ahead: () => {
      if (setting !== 'auto') return setting;
      if (observed < MIN_OBSERVED || averageMs > WORTHWHILE_MS) return 0;
      return Math.min(MAX_AHEAD, Math.floor(MAX_HELD_MS / Math.max(averageMs, MAX_HELD_MS / MAX_AHEAD)));
    },
    forget: () => {
      observed = 0;
      averageMs = 0;
    },
  };
}
