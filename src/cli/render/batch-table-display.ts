import type { Io } from '../io.ts';
import type { BatchSummary } from '../runtime-types.ts';
import type { BatchDisplay } from './batch-display.ts';
import { doneOf, leftOf } from './batch-lines.ts';
import { batchTable } from './batch-table.ts';
import { liveLines } from './live-lines.ts';
import { createRate } from './rate.ts';

/** Rate and time left also change while nothing happens. */
const REDRAW_MS = 1_000;

/** A live table of a batch on a terminal's stdout; the last one stays. With `--quiet` it is drawn once, at the end. */
export function batchTableDisplay({ stdout, mode }: Pick<Io, 'stdout' | 'mode'>): BatchDisplay {
  const drawLines = liveLines(stdout);
  const rateOf = createRate();
  let latest: BatchSummary | undefined;
  const draw = (): void => {
    if (!latest) return;
    const rate = rateOf({ atMs: performance.now(), done: doneOf(latest), left: leftOf(latest) });
    drawLines(batchTable(latest, rate, stdout));
  };
  const timer = mode.quiet ? undefined : setInterval(draw, REDRAW_MS).unref();
  return {
    show: (batch) => {
      latest = batch;
      if (!mode.quiet) draw();
    },
    end: () => {
      clearInterval(timer);
      if (mode.quiet) draw();
      latest = undefined;
    },
  };
}
