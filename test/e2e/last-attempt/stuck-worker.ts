import { filesystemBlobs } from '../../../src/adapters/blobs/filesystem.ts';
import type { SqliteBackend } from '../../../src/adapters/stores/sqlite.ts';
import { throwIfAborted, untilAborted } from '../../../src/core/abort.ts';
import type { BlobStore } from '../../../src/ports/blob-store.ts';
import type { TaskLeases } from '../../../src/ports/task-leases.ts';
import { scriptedImageProvider, scriptedPaletteProvider } from '../../../src/testing/index.ts';
import type { CreateWorkerOptions } from '../../../src/worker/worker-run.ts';
import type { Worker } from '../../../src/worker/worker-types.ts';
import { startWorker } from '../../promises/support.ts';
import { NO_PROVIDERS } from '../../worker/no-providers.ts';

export interface StuckOptions extends Partial<CreateWorkerOptions> {
  readonly root: string;
  /** So many images are stored, the base image among them; those that follow never are. */
  readonly stored: number;
  /** Told of each checkpoint that is recorded. */
  readonly onCheckpoint?: (stage: string, data: unknown) => void;
}

/** A worker whose disk takes some images and then answers no more. */
export function stuckWorker(backend: SqliteBackend, options: StuckOptions): Worker {
  const { root, stored, onCheckpoint = () => undefined, ...settings } = options;
  const blobs = stuckAfter(stored, filesystemBlobs({ root }));
  const images = scriptedImageProvider();
  const store = { ...backend.store, leases: telling(backend.store.leases, onCheckpoint) };
  const processing = { ...NO_PROVIDERS, images, palettes: scriptedPaletteProvider(), blobs };
  return startWorker({ ...backend, store }, { processing, processors: undefined, ...settings });
}

function stuckAfter(stored: number, blobs: BlobStore): BlobStore {
  let count = 0;
  return {
    ...blobs,
    put: async (path, bytes, options) => {
      if (++count <= stored) return blobs.put(path, bytes, options);
      const never = new AbortController().signal;
      await untilAborted(options?.signal ?? never, never);
      throwIfAborted(options?.signal);
      throw new Error('only an abort ends this');
    },
  };
}

function telling(leases: TaskLeases, onCheckpoint: NonNullable<StuckOptions['onCheckpoint']>): TaskLeases {
  return {
    ...leases,
    checkpoint: async (request, options) => {
      await leases.checkpoint(request, options);
      onCheckpoint(request.checkpoint.stage, request.checkpoint.data);
    },
  };
}
