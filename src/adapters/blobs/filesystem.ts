import { readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { throwIfAborted } from '../../core/abort.ts';
import { assertBlobPath, blobFolderOf, contentTypeOf } from '../../core/blob-path.ts';
import type { BlobInfo, BlobStore } from '../../ports/blob-store.ts';
import type { CallOptions } from '../../ports/task-store.ts';
import { listFiles } from './filesystem/list-files.ts';
import { blobNotFound, findFile } from './filesystem/safe-path.ts';
import { readError, writeError } from './filesystem/storage-error.ts';
import { writeFileDurably } from './filesystem/write-file.ts';

export interface FilesystemBlobsOptions {
  /** Directory of the blobs; made at the first write, with its parents. */
  readonly root: string;
}

/** Blobs as files under one directory; the content type is told by the extension. Links in it are never followed. */
export function filesystemBlobs(options: FilesystemBlobsOptions): BlobStore {
  const root = resolve(options.root);

  const attempt = async <T>(
    path: string,
    call: CallOptions | undefined,
    translate: typeof readError,
    work: () => Promise<T>,
  ): Promise<T> => {
    throwIfAborted(call?.signal);
    assertBlobPath(path);
    try {
      return await work();
    } catch (thrown) {
      throw translate(thrown, root);
    }
  };

  const demand = async (path: string): Promise<string> => {
    if (!(await findFile(root, path))) throw blobNotFound(path, root);
    return join(root, ...path.split('/'));
  };

  return {
    name: 'filesystem',
    put: (path, bytes, call) =>
      attempt(path, call, writeError, async () => {
        const existing = await findFile(root, path);
        if (!existing) await writeFileDurably(root, path, bytes);
        return infoOf(path, existing?.size ?? bytes.byteLength);
      }),
    get: (path, call) =>
      attempt(path, call, readError, async () => new Uint8Array(await readFile(await demand(path), call ?? {}))),
    stat: (path, call) =>
      attempt(path, call, readError, async () => {
        const file = await findFile(root, path);
        return file && infoOf(path, file.size);
      }),
    remove: (path, call) =>
      attempt(path, call, writeError, async () => {
        if (await findFile(root, path)) await rm(join(root, ...path.split('/')), { force: true });
      }),
    async *list(prefix, call) {
      const folder = blobFolderOf(prefix);
      try {
        for await (const path of listFiles(root, folder, call?.signal)) {
          const file = await findFile(root, path);
          if (file) yield infoOf(path, file.size);
        }
      } catch (thrown) {
        throw readError(thrown, root);
      }
    },
    url: (path, call) => attempt(path, call, readError, async () => pathToFileURL(await demand(path)).href),
  };
}

function infoOf(path: string, bytes: number): BlobInfo {
  return { path, bytes, contentType: contentTypeOf(path) };
}
