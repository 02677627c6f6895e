import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { throwIfAborted } from '../../core/abort.ts';
import { assertBlobPath, blobFolderOf, contentTypeOf } from '../../core/blob-path.ts';
import { isoTimeMs } from '../../core/iso-time.ts';
import type { BlobInfo, BlobStore } from '../../ports/blob-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CallOptions } from '../../ports/task-store.ts';
import { diagnoseDirectory } from './filesystem/diagnose.ts';
import { removeLeftovers } from './filesystem/leftovers.ts';
import { listFiles } from './filesystem/list-files.ts';
import { removeFile } from './filesystem/remove-file.ts';
import { blobNotFound, findFile } from './filesystem/safe-path.ts';
import { readError, writeError } from './filesystem/storage-error.ts';
import { storeFile } from './filesystem/store-file.ts';
import { storedAtMsOf } from './filesystem/stored-time.ts';

export interface FilesystemBlobsOptions {
  /** Directory of the blobs; made at the first write, with its parents. */
  readonly root: string;
  /** Tells when blobs are stored. Default: the system's clock. */
  readonly clock?: Pick<Clock, 'now'> | undefined;
}

/** Blobs as files under one directory; the content type is told by the extension. Links in it are never followed. */
export function filesystemBlobs(options: FilesystemBlobsOptions): BlobStore {
  const root = resolve(options.root);
  const clock = options.clock ?? Date;
  const now = (): number => clock.now();

  const attempt = async <T>(
    path: string,
    call: CallOptions | undefined,
    translate: typeof readError,
    work: () => Promise<T>,
  ): Promise<T> => {
    throwIfAborted(call?.signal);
    assertBlobPath(path);
    return translated(work, translate, root);
  };

  const demand = async (path: string): Promise<string> => {
    if (!(await findFile(root, path))) throw blobNotFound(path, root);
    return join(root, ...path.split('/'));
  };

  return {
    name: 'filesystem',
    put: (path, bytes, call) =>
      attempt(path, call, writeError, async () => {
        const stored = await storeFile(root, path, bytes, { now, signal: call?.signal });
        return infoOf(path, stored.bytes, stored.storedAtMs);
      }),
    get: (path, call) =>
      attempt(path, call, readError, async () => new Uint8Array(await readFile(await demand(path), call ?? {}))),
    stat: (path, call) =>
      attempt(path, call, readError, async () => {
        const file = await findFile(root, path);
        return file && infoOf(path, file.size, storedAtMsOf(file));
      }),
    remove: (path, call) =>
      attempt(path, call, writeError, () => {
        const since = call?.unlessStoredSince;
        const unlessStoredSinceMs = since === undefined ? undefined : isoTimeMs(since, 'unlessStoredSince');
        return removeFile(root, path, { unlessStoredSinceMs, now });
      }),
    async removeLeftovers({ olderThan, signal }) {
      throwIfAborted(signal);
      const olderThanMs = isoTimeMs(olderThan, 'olderThan');
      return translated(() => removeLeftovers(root, olderThanMs, signal), writeError, root);
    },
    async *list(prefix, call) {
      const folder = blobFolderOf(prefix);
      try {
        for await (const path of listFiles(root, folder, call?.signal)) {
          const file = await findFile(root, path);
          if (file) yield infoOf(path, file.size, storedAtMsOf(file));
        }
      } catch (thrown) {
        throw readError(thrown, root);
      }
    },
    diagnose: () => diagnoseDirectory(root),
    url: (path, call) => attempt(path, call, readError, async () => pathToFileURL(await demand(path)).href),
  };
}

async function translated<T>(work: () => Promise<T>, translate: typeof readError, root: string): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw translate(thrown, root);
  }
}

function infoOf(path: string, bytes: number, storedAtMs: number): BlobInfo {
  return { path, bytes, contentType: contentTypeOf(path), storedAt: new Date(storedAtMs).toISOString() };
}
