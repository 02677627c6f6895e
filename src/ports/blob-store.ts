import type { Diagnosis } from './diagnosis.ts';
import type { CallOptions } from './task-store.ts';

export interface BlobInfo {
  readonly path: string;
  readonly bytes: number;
  readonly contentType: string;
  /** When it was last stored, ISO 8601: a `put` of the same path renews it. */
  readonly storedAt: string;
}

export interface RemoveBlobOptions extends CallOptions {
  /** ISO 8601. Spares a blob that was stored, or stored again, at or after this time. Default: no blob is spared. */
  readonly unlessStoredSince?: string | undefined;
}

export interface LeftoverOptions extends CallOptions {
  /** ISO 8601. Nobody may still be writing or removing what is older: give it hours. */
  readonly olderThan: string;
}

/** What was removed for good. */
export interface RemovedLeftovers {
  readonly files: number;
  readonly bytes: number;
}

/** Immutable files by path (`core/blob-path.ts`). A reader sees a whole file or none. */
export interface BlobStore {
  readonly name: string;

  /**
   * Stores bytes under a path. Storing the same path again keeps the bytes and renews `storedAt`. Once it resolves the blob is
   * there, durably, whatever removals with an earlier `unlessStoredSince` run beside it; a crash leaves no half-written file
   * under the path. @throws INVALID_INPUT for a path outside the store; STORAGE_FULL; STORAGE_READ_ONLY.
   */
  put(path: string, bytes: Uint8Array, options?: CallOptions): Promise<BlobInfo>;

  /** @throws BLOB_NOT_FOUND */
  get(path: string, options?: CallOptions): Promise<Uint8Array>;

  /** Undefined when there is no such blob. */
  stat(path: string, options?: CallOptions): Promise<BlobInfo | undefined>;

  /**
   * Removes a blob and tells whether it did; a missing one is no error. A blob that proves to be stored since
   * `unlessStoredSince` only after its removal began may be missing for a moment before it is back.
   * @throws INVALID_INPUT naming `path` or `unlessStoredSince`; STORAGE_READ_ONLY.
   */
  remove(path: string, options?: RemoveBlobOptions): Promise<boolean>;

  /**
   * Clears up after writers and removals that never ended. A blob that a removal had taken away and not yet removed is put
   * back under its path. @throws INVALID_INPUT naming `olderThan`; STORAGE_READ_ONLY.
   */
  removeLeftovers(options: LeftoverOptions): Promise<RemovedLeftovers>;

  /** All blobs in the folder `prefix` (whole segments; '' for all) and below, in no particular order. @throws INVALID_INPUT */
  list(prefix: string, options?: CallOptions): AsyncIterable<BlobInfo>;

  /** A URL to read the blob by: `file:` for local files, signed and expiring for hosted ones. @throws BLOB_NOT_FOUND */
  url(path: string, options?: CallOptions & { readonly expiresInSeconds?: number }): Promise<string>;

  /** Looks at itself, for `concept doctor`. */
  diagnose(options?: CallOptions): Promise<Diagnosis>;
}
