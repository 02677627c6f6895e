import type { Io } from '../io.ts';
import type { BatchSummary } from '../runtime-types.ts';
import { batchProgressText, doneOf, leftOf } from './batch-lines.ts';
import { createRate } from './rate.ts';

/** How a batch's progress is drawn while somebody waits. */
export interface BatchDisplay {
  readonly show: (batch: BatchSummary) => void;
  readonly end: () => void;
}

/** Off a terminal a line now and then is enough: logs keep them. */
const LINE_EVERY_MS = 10_000;

/** A line on stderr that is drawn anew on a terminal, and a line every ten seconds elsewhere. */
export async function batchDisplay(io: Io): Promise<BatchDisplay> {
  if (io.mode.quiet || io.mode.json) return { show: () => undefined, end: () => undefined };
  const draw = io.stderr.isTTY ? await spinner() : lines(io);
  const rateOf = createRate();
  return {
    show: (batch) => {
      const rate = rateOf({ atMs: performance.now(), done: doneOf(batch), left: leftOf(batch) });
      draw.text(batchProgressText(batch, rate));
    },
    end: draw.end,
  };
}

interface Drawing {
  readonly text: (text: string) => void;
  readonly end: () => void;
}

async function spinner(): Promise<Drawing> {
  const { default: ora } = await import('ora');
  // Signals stay with the command, and keys typed meanwhile with the shell.
  const spin = ora({ text: 'waiting', discardStdin: false }).start();
  return { text: (text) => (spin.text = text), end: () => spin.stop() };
}

function lines(io: Io): Drawing {
  let saidAtMs = performance.now();
  return {
    text: (text) => {
      if (performance.now() - saidAtMs < LINE_EVERY_MS) return;
      saidAtMs = performance.now();
      io.talk(text);
    },
    end: () => undefined,
  };
}
