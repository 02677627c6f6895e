import type { CallOptions } from './task-store.ts';

export interface BlobInfo {
  readonly path: string;
  readonly bytes: number;
  readonly contentType: string;
}

/** Immutable files by path (`core/blob-path.ts`). A reader sees a whole file or none. */
export interface BlobStore {
  readonly name: string;

  /**
   * Stores bytes under a path; storing the same path again is a no-op that succeeds. Durable once it resolves; a crash leaves
   * no half-written file under the path. @throws INVALID_INPUT for a path outside the store; STORAGE_FULL; STORAGE_READ_ONLY.
   */
  put(path: string, bytes: Uint8Array, options?: CallOptions): Promise<BlobInfo>;

  /** @throws BLOB_NOT_FOUND */
  get(path: string, options?: CallOptions): Promise<Uint8Array>;

  /** Undefined when there is no such blob. */
  stat(path: string, options?: CallOptions): Promise<BlobInfo | undefined>;

  /** Removes a blob; removing a missing one succeeds. */
  remove(path: string, options?: CallOptions): Promise<void>;

  /** All blobs in the folder `prefix` (whole segments; '' for all) and below, in no particular order. @throws INVALID_INPUT */
  list(prefix: string, options?: CallOptions): AsyncIterable<BlobInfo>;

  /** A URL to read the blob by: `file:` for local files, signed and expiring for hosted ones. @throws BLOB_NOT_FOUND */
  url(path: string, options?: CallOptions & { readonly expiresInSeconds?: number }): Promise<string>;
}
