import { throwIfAborted } from '../../core/abort.ts';
import { assertBlobPath, blobFolderOf, contentTypeOf } from '../../core/blob-path.ts';
import { ConceptError } from '../../core/errors.ts';
import { isoTimeMs } from '../../core/iso-time.ts';
import type { BlobInfo, BlobStore } from '../../ports/blob-store.ts';
import type { Clock } from '../../ports/clock.ts';

export interface MemoryBlobsOptions {
  /** Tells when blobs were stored. Default: the system's clock. */
  readonly clock?: Pick<Clock, 'now'> | undefined;
}

interface Blob {
  readonly bytes: Uint8Array;
  readonly storedAtMs: number;
}

/** Blobs in this process's memory, for tests. */
export function memoryBlobs({ clock = Date }: MemoryBlobsOptions = {}): BlobStore {
  const blobs = new Map<string, Blob>();

  const find = (path: string): Blob | undefined => {
    assertBlobPath(path);
    return blobs.get(path);
  };
  const demand = (path: string): Uint8Array => {
    const blob = find(path);
    if (blob) return blob.bytes;
    throw new ConceptError('BLOB_NOT_FOUND', `there is no blob ${path}`);
  };

  return {
    name: 'memory',
    async put(path, bytes, options) {
      throwIfAborted(options?.signal);
      const blob = { bytes: find(path)?.bytes ?? bytes.slice(), storedAtMs: clock.now() };
      blobs.set(path, blob);
      return infoOf(path, blob);
    },
    async get(path, options) {
      throwIfAborted(options?.signal);
      return demand(path).slice();
    },
    async stat(path, options) {
      throwIfAborted(options?.signal);
      const blob = find(path);
      return blob && infoOf(path, blob);
    },
    async remove(path, options) {
      throwIfAborted(options?.signal);
      const blob = find(path);
      const since = options?.unlessStoredSince;
      const isSpared = since !== undefined && (blob?.storedAtMs ?? 0) >= isoTimeMs(since, 'unlessStoredSince');
      return !isSpared && blobs.delete(path);
    },
    async removeLeftovers({ olderThan, signal }) {
      throwIfAborted(signal);
      isoTimeMs(olderThan, 'olderThan');
      return { files: 0, bytes: 0 };
    },
    async *list(prefix, options) {
      const folder = blobFolderOf(prefix);
      for (const [path, blob] of blobs) {
        throwIfAborted(options?.signal);
        if (path.startsWith(folder)) yield infoOf(path, blob);
      }
    },
    diagnose: async () => ({ facts: { blobs: 'memory' }, problems: [] }),
    async url(path, options) {
      throwIfAborted(options?.signal);
      return `data:${contentTypeOf(path)};base64,${Buffer.from(demand(path)).toString('base64')}`;
    },
  };
}

function infoOf(path: string, { bytes, storedAtMs }: Blob): BlobInfo {
  const storedAt = new Date(storedAtMs).toISOString();
  return { path, bytes: bytes.byteLength, contentType: contentTypeOf(path), storedAt };
}
