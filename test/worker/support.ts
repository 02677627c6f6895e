import { httpImageFetcher } from '../../src/adapters/fetchers/http.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { DEFAULT_IMAGE_LIMITS } from '../../src/core/image-limits.ts';
import type { BlobStore } from '../../src/ports/blob-store.ts';
import type { ImageProvider } from '../../src/ports/image-provider.ts';
import type { PaletteProvider } from '../../src/ports/palette-provider.ts';
import type { Store } from '../../src/ports/store.ts';
import { SIGNAL, type TaskQueue } from '../../src/ports/task-queue.ts';
import { type memoryStore, scriptedImageProvider, scriptedPaletteProvider } from '../../src/testing/index.ts';
import { createWorker } from '../../src/worker/create-worker.ts';
import type { AttemptReport, RunWorkerOptions, WorkerSummary } from '../../src/worker/worker-types.ts';
import { memoryClient } from '../sdk/support.ts';

export interface WorkshopOptions {
  /** Default: fresh ones. */
  readonly parts?: ReturnType<typeof memoryClient>;
  readonly images?: ImageProvider;
  readonly palettes?: PaletteProvider;
  readonly leaseMs?: number;
  readonly graceMs?: number;
  readonly wrapStore?: (store: Store) => Store;
  readonly wrapBlobs?: (blobs: BlobStore) => BlobStore;
  /** Default: the memory queue, which delivers ids. */
  readonly queue?: TaskQueue;
}

/** A client and workers over memory adapters and scripted providers. */
export function workshop(options: WorkshopOptions = {}) {
  const { parts = memoryClient() } = options;
  const { images = scriptedImageProvider(), palettes = scriptedPaletteProvider() } = options;
  const store = options.wrapStore?.(parts.store) ?? parts.store;
  const blobs = options.wrapBlobs?.(parts.blobs) ?? parts.blobs;
  const attempts: AttemptReport[] = [];
  const log: unknown[][] = [];
  const work = (run: Partial<RunWorkerOptions> = { drain: true }): Promise<WorkerSummary> =>
    createWorker({
      store,
      queue: options.queue ?? parts.queue,
      processing: {
        images,
        palettes,
        blobs,
        imageFetcher: httpImageFetcher({}),
        imageLimits: DEFAULT_IMAGE_LIMITS,
        clock: systemClock,
      },
      logger: { log: (...line) => log.push(line) },
      concurrency: 2,
      leaseMs: options.leaseMs ?? 5_000,
      graceMs: options.graceMs ?? 5_000,
    }).run({ signal: new AbortController().signal, onAttempt: (report) => attempts.push(report), ...run });
  return { ...parts, images, palettes, attempts, log, work };
}

/** A queue that only signals, over the memory store: what the embedded database queue looks like to a worker. */
export function signallingQueue(store: ReturnType<typeof memoryStore>): TaskQueue {
  return {
    name: 'signalling',
    flags: { delivers: 'signals', relayed: false },
    publish: () => Promise.resolve(),
    async *receive({ signal }) {
      while (!signal.aborted) {
        await store.events.news(50, { signal });
        if (!signal.aborted) yield SIGNAL;
      }
    },
    diagnose: async () => ({ facts: {}, problems: [] }),
    close: () => Promise.resolve(),
  };
}

/** Resolves as soon as the condition holds; the test's own time limit ends a wait in vain. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}
