import { memoryBlobs } from '../../../src/adapters/blobs/memory.ts';
import { systemClock } from '../../../src/adapters/system-clock.ts';
import type { SqliteBackend } from '../../../src/adapters/stores/sqlite.ts';
import { DEFAULT_IMAGE_LIMITS } from '../../../src/core/image-limits.ts';
import type { DataResult } from '../../../src/ports/task-leases.ts';
import { scriptedImageProvider, scriptedPaletteProvider } from '../../../src/testing/index.ts';
import { createWorker } from '../../../src/worker/create-worker.ts';
import type { Payload, WorkOptions } from '../driver.ts';

const LEASE_MS = 30_000;

/** Starts the real worker with a handler that does nothing; it runs until the process ends. */
export function workTasks(
  { store, queue }: SqliteBackend,
  {
    concurrency,
    handler,
    prefetch,
    limits,
  }: WorkOptions & { readonly prefetch: number | 'auto'; readonly limits: boolean },
): void {
  const worker = createWorker({
    store,
    queue,
    processing: {
      images: scriptedImageProvider(),
      palettes: scriptedPaletteProvider(),
      blobs: memoryBlobs(),
      imageFetcher: { check: () => undefined, fetch: () => Promise.reject(new Error('nothing is fetched here')) },
      imageLimits: DEFAULT_IMAGE_LIMITS,
      clock: systemClock,
    },
    logger: { log: () => undefined },
    concurrency,
    leaseMs: LEASE_MS,
    graceMs: 1_000,
    prefetch,
    ...(limits && { limits: NEVER_REACHED }),
    processors: {
      generation: async (task) => {
        await handler(task.input as Payload);
        return NO_RESULT;
      },
    },
  });
  // What ends it ends the measurement: an error is not to be passed over.
  worker.run({ signal: new AbortController().signal }).catch((thrown: unknown) => {
    process.stderr.write(`${String(thrown)}\n`);
    process.exit(1);
  });
}

const MANY = 1_000_000;
const NEVER_REACHED = { total: MANY, perUser: MANY, perProvider: MANY, perType: { generation: MANY } };

/** As little as the store accepts. */
export const NO_RESULT: DataResult = { data: {}, files: [], partial: false };
