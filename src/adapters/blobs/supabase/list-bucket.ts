import { contentTypeOf } from '../../../core/blob-path.ts';
import type { BlobInfo } from '../../../ports/blob-store.ts';
import type { StorageRequests } from './requests.ts';

/** What one answer may hold. */
const PAGE = 1_000;

export interface BucketFolder {
  readonly bucket: string;
  /** With a slash at its end; '' for the whole bucket. */
  readonly folder: string;
}

/** Objects in a folder and below; a listing tells one level at a time. What is not a blob of ours is left out. */
export async function* listBucket(
  { bucket, folder }: BucketFolder,
  requests: StorageRequests,
  signal: AbortSignal | undefined,
): AsyncGenerator<BlobInfo> {
  for (let offset = 0; ; offset += PAGE) {
    const page = { limit: PAGE, offset, sortBy: { column: 'name', order: 'asc' } };
    const about = { subject: `a listing of ${bucket}/${folder}`, signal };
    const entries = await requests.send(about, ({ storage }) => storage.from(bucket).list(folder.slice(0, -1), page));
    for (const { id, name, updated_at: updatedAt, metadata } of entries) {
      const path = `${folder}${name}`;
      if (path.startsWith('.') || path.split('/').some((segment) => segment.startsWith('.'))) continue;
      if (id === null) yield* listBucket({ bucket, folder: `${path}/` }, requests, signal);
      else if (folder !== '') {
        const storedAt = new Date(updatedAt ?? 0).toISOString();
        yield { path, bytes: Number(metadata?.['size'] ?? 0), contentType: contentTypeOf(path), storedAt };
      }
    }
    if (entries.length < PAGE) return;
  }
}
