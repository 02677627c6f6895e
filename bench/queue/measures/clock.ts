/** Microseconds of the machine's monotonic clock: comparable between the processes of one boot. */
export function nowUs(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}

export function ratePerSecond(count: number, sinceUs: number, untilUs = nowUs()): number {
  return count / ((untilUs - sinceUs) / 1e6);
}

/** @param share 0.5 for the median, 0.99 for the 99th percentile */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Of an even number of values: the middle between the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return ((sorted[half] ?? Number.NaN) + (sorted[sorted.length - 1 - half] ?? Number.NaN)) / 2;
}
