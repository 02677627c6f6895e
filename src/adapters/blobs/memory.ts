import { throwIfAborted } from '../../core/abort.ts';
import { assertBlobPath, blobFolderOf, contentTypeOf } from '../../core/blob-path.ts';
import { ConceptError } from '../../core/errors.ts';
import type { BlobInfo, BlobStore } from '../../ports/blob-store.ts';

/** Blobs in this process's memory, for tests. */
export function memoryBlobs(): BlobStore {
  const blobs = new Map<string, Uint8Array>();

  const find = (path: string): Uint8Array | undefined => {
    assertBlobPath(path);
    return blobs.get(path);
  };
  const demand = (path: string): Uint8Array => {
    const bytes = find(path);
    if (bytes) return bytes;
    throw new ConceptError('BLOB_NOT_FOUND', `there is no blob ${path}`);
  };

  return {
    name: 'memory',
    async put(path, bytes, options) {
      throwIfAborted(options?.signal);
      const stored = find(path) ?? bytes.slice();
      blobs.set(path, stored);
      return infoOf(path, stored);
    },
    async get(path, options) {
      throwIfAborted(options?.signal);
      return demand(path).slice();
    },
    async stat(path, options) {
      throwIfAborted(options?.signal);
      const bytes = find(path);
      return bytes && infoOf(path, bytes);
    },
    async remove(path, options) {
      throwIfAborted(options?.signal);
      if (find(path)) blobs.delete(path);
    },
    async *list(prefix, options) {
      const folder = blobFolderOf(prefix);
      for (const [path, bytes] of blobs) {
        throwIfAborted(options?.signal);
        if (path.startsWith(folder)) yield infoOf(path, bytes);
      }
    },
    async url(path, options) {
      throwIfAborted(options?.signal);
      return `data:${contentTypeOf(path)};base64,${Buffer.from(demand(path)).toString('base64')}`;
    },
  };
}

function infoOf(path: string, bytes: Uint8Array): BlobInfo {
  return { path, bytes: bytes.byteLength, contentType: contentTypeOf(path) };
}
