import { throwIfAborted } from '../../core/abort.ts';
import { assertBlobPath, blobFolderOf, contentTypeOf, isVariationPath } from '../../core/blob-path.ts';
import { assertFileSignature } from '../../core/file-signature.ts';
import { isoTimeMs } from '../../core/iso-time.ts';
import type { BlobInfo, BlobStore } from '../../ports/blob-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SupabaseConnection } from '../supabase-connection.ts';
import { diagnoseBuckets } from './supabase/diagnose-buckets.ts';
import { listBucket } from './supabase/list-bucket.ts';
import { removeObject } from './supabase/remove-object.ts';
import { type RequestSubject, type StorageAnswer, type StorageBucket, storageRequests } from './supabase/requests.ts';
import { blobNotFound } from './supabase/storage-error.ts';
import { removeLeftovers } from './supabase/trash.ts';

export interface SupabaseBlobsOptions {
  readonly connection: SupabaseConnection;
  /** Private buckets: of variations, and of everything else. */
  readonly buckets: { readonly concept: string; readonly palette: string };
  readonly clock: Pick<Clock, 'now' | 'random'>;
  /** How long a URL can be read when the caller does not say, default 3,600 s. */
  readonly urlSeconds?: number | undefined;
  /** How long a request is tried while the storage is away, default 10,000 ms; an upload gets the time for its bytes on top. */
  readonly patienceMs?: number | undefined;
}

/** Paths never change their bytes, so whoever has seen them may keep them. */
const CACHE_SECONDS = '31536000';
const DEFAULT_URL_SECONDS = 3_600;

/**
 * Blobs in two private buckets of Supabase Storage; variations lie apart, where deployed systems look for them.
 * @throws (each call) ConceptError STORE_UNAVAILABLE, NOT_ALLOWED, INVALID_CONFIG for a missing bucket; see the port.
 */
export function supabaseBlobs(options: SupabaseBlobsOptions): BlobStore {
  const { buckets, clock, urlSeconds = DEFAULT_URL_SECONDS } = options;
  const requests = storageRequests(options);
  const both = new Set([buckets.concept, buckets.palette]);
  const bucketOf = (path: string): string => (isVariationPath(path) ? buckets.palette : buckets.concept);

  /** Variations that an older version stored lie in the bucket of variations too, without saying so in their path. */
  const findIn = async <T>(
    path: string,
    signal: AbortSignal | undefined,
    request: (bucket: StorageBucket) => PromiseLike<StorageAnswer<T>>,
  ): Promise<NonNullable<T> | undefined> => {
    const about = subjectOf(path, signal);
    for (const name of new Set([bucketOf(path), buckets.palette])) {
      const found = await requests.find(about, ({ storage }) => request(storage.from(name)));
      if (found) return found;
    }
    return undefined;
  };

  const stat: BlobStore['stat'] = async (path, call) => {
    const object = await findIn(path, call?.signal, (bucket) => bucket.info(path));
    return object && infoOf(path, object.size ?? 0, object.lastModified ?? object.createdAt);
  };

  return {
    name: 'supabase',
    stat,
    async put(path, bytes, call) {
      const subject = { ...subjectOf(path, call?.signal), bytes: bytes.byteLength };
      assertFileSignature(path, bytes);
      const settings = { upsert: true, contentType: contentTypeOf(path), cacheControl: CACHE_SECONDS };
      await requests.send(subject, ({ storage }) => storage.from(bucketOf(path)).upload(path, bytes, settings));
      // The answer to an upload does not tell its time.
      return (await stat(path, call)) ?? infoOf(path, bytes.byteLength, clock.now());
    },
    async get(path, call) {
      const blob = await findIn(path, call?.signal, (bucket) => bucket.download(path));
      if (!blob) throw blobNotFound(path);
      return new Uint8Array(await blob.arrayBuffer());
    },
    async remove(path, call) {
      subjectOf(path, call?.signal);
      const since = call?.unlessStoredSince;
      const sinceMs = since === undefined ? undefined : isoTimeMs(since, 'unlessStoredSince');
      return removeObject({ bucket: bucketOf(path), path, sinceMs }, requests, call?.signal);
    },
    diagnose: (call) => diagnoseBuckets(both, requests, call?.signal),
    async removeLeftovers({ olderThan, signal }) {
      const olderThanMs = isoTimeMs(olderThan, 'olderThan');
      return removeLeftovers({ buckets: both, olderThanMs }, requests, signal);
    },
    async *list(prefix, call) {
      const folder = blobFolderOf(prefix);
      for (const bucket of both) yield* listBucket({ bucket, folder }, requests, call?.signal);
    },
    async url(path, call) {
      const seconds = call?.expiresInSeconds ?? urlSeconds;
      const signed = await findIn(path, call?.signal, (bucket) => bucket.createSignedUrl(path, seconds));
      if (!signed) throw blobNotFound(path);
      return signed.signedUrl;
    },
  };
}

/** @throws INVALID_INPUT for a path outside the store, ABORTED */
function subjectOf(path: string, signal: AbortSignal | undefined): RequestSubject {
  throwIfAborted(signal);
  assertBlobPath(path);
  return { subject: path, signal };
}

function infoOf(path: string, bytes: number, storedAt: string | number): BlobInfo {
  return { path, bytes, contentType: contentTypeOf(path), storedAt: new Date(storedAt).toISOString() };
}
