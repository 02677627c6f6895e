import { existsSync } from 'node:fs';
import { memoryBlobs } from '../../src/adapters/blobs/memory.ts';
import { httpImageFetcher } from '../../src/adapters/fetchers/http.ts';
import { openSqlite } from '../../src/adapters/stores/sqlite.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { DEFAULT_IMAGE_LIMITS } from '../../src/core/image-limits.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { scriptedImageProvider, scriptedPaletteProvider } from '../../src/testing/index.ts';
import { createWorker } from '../../src/worker/create-worker.ts';

// Runs in a process of its own, bundled: see child-process.ts. Prints one JSON document a line.
const [, file, workers, taskMs, leaseMs] = process.argv.slice(2) as [string, string, string, string, string];
const HOUR_MS = 3_600_000;

/** SIGUSR2 sets this process's wall clock forward by an hour, SIGHUP back. */
let offsetMs = 0;
process.on('SIGUSR2', () => (offsetMs += HOUR_MS));
process.on('SIGHUP', () => (offsetMs -= HOUR_MS));
const clock: Clock = { ...systemClock, now: () => systemClock.now() + offsetMs };

/** Workers with a connection each, until `<file>.stop` is there; each attempt is printed as it begins and ends. */
async function work(): Promise<void> {
  const stops = Array.from({ length: Number(workers) }, () => new AbortController());
  const looking = setInterval(() => existsSync(`${file}.stop`) && stops.forEach((stop) => stop.abort()), 50);
  await Promise.all(stops.map(({ signal }) => runOne(signal)));
  clearInterval(looking);
}

async function runOne(signal: AbortSignal): Promise<void> {
  const { store, queue } = await openSqlite({ file, clock, durability: 'normal' });
  const worker = createWorker({
    store,
    queue,
    processing: {
      images: scriptedImageProvider(),
      palettes: scriptedPaletteProvider(),
      blobs: memoryBlobs(),
      imageFetcher: httpImageFetcher({}),
      imageLimits: DEFAULT_IMAGE_LIMITS,
      clock,
    },
    processors: {
      generation: async ({ id }) => {
        print({ began: id });
        if (Number(taskMs) > 0) await new Promise((resolve) => setTimeout(resolve, Number(taskMs)));
        return { data: {}, files: [], partial: false };
      },
    },
    logger: { log: (level, message, fields) => level !== 'info' && print({ level, message, fields }) },
    concurrency: 1,
    leaseMs: Number(leaseMs),
    graceMs: 5_000,
  });
  await worker.run({
    signal,
    onAttempt: ({ taskId, outcome, attempt, durationMs }) => print({ taskId, outcome, attempt, durationMs }),
  });
  await queue.close();
  await store.close();
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

print('ready');
await work();
