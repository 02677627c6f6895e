/** Long enough to even out tasks of different length, short enough to follow a worker that comes or goes. */
const WINDOW_MS = 15_000;

interface Sample {
  readonly atMs: number;
  readonly done: number;
}

export interface Rate {
  /** Tasks a second of late; null until there is something to tell it by. */
  readonly perSecond: number | null;
  /** Null while nothing gets done. */
  readonly leftMs: number | null;
}

/** How fast a batch goes, by what was done over the last seconds. */
export function createRate(): (sample: Sample & { readonly left: number }) => Rate {
  const samples: Sample[] = [];
  return ({ atMs, done, left }) => {
    samples.push({ atMs, done });
    // One sample from before the window stays: the rate covers all of it.
    while (samples.length > 2 && samples[1]!.atMs <= atMs - WINDOW_MS) samples.shift();
    const [first] = samples;
    const spanMs = atMs - first!.atMs;
    if (spanMs <= 0) return { perSecond: null, leftMs: null };
    const perMs = Math.max(0, done - first!.done) / spanMs;
    return { perSecond: perMs * 1_000, leftMs: perMs > 0 ? left / perMs : null };
  };
}
