import { throwIfAborted } from '../../../core/abort.ts';
import { assertBlobPath } from '../../../core/blob-path.ts';
import type { RemovedLeftovers } from '../../../ports/blob-store.ts';
import type { StorageRequests } from './requests.ts';

/** Names no blob can have: copies of what is being removed lie here, under their own path. */
const TRASH = '.trash';
const PAGE = 1_000;

/** `.trash/<id>~<path with its slashes written as ~>` */
export function trashPathOf(path: string, id: string): string {
  return `${TRASH}/${id}~${path.replaceAll('/', '~')}`;
}

function pathOfTrash(name: string): string | undefined {
  const path = name.slice(name.indexOf('~') + 1).replaceAll('~', '/');
  try {
    assertBlobPath(path);
    return path;
  } catch {
    return undefined;
  }
}

/** Ends removals that never came to their end: a blob that is missing is put back, its copy thrown away. */
export async function removeLeftovers(
  { buckets, olderThanMs }: { readonly buckets: Iterable<string>; readonly olderThanMs: number },
  requests: StorageRequests,
  signal: AbortSignal | undefined,
): Promise<RemovedLeftovers> {
  throwIfAborted(signal);
  const removed = { files: 0, bytes: 0 };
  for (const bucket of buckets) {
    const { files, bytes } = await emptyTrash({ bucket, olderThanMs }, requests, signal);
    removed.files += files;
    removed.bytes += bytes;
  }
  return removed;
}

async function emptyTrash(
  { bucket, olderThanMs }: { readonly bucket: string; readonly olderThanMs: number },
  requests: StorageRequests,
  signal: AbortSignal | undefined,
): Promise<RemovedLeftovers> {
  const about = { subject: `leftovers in ${bucket}`, signal };
  const entries = await requests.send(about, ({ storage }) => storage.from(bucket).list(TRASH, { limit: PAGE }));
  let files = 0;
  let bytes = 0;
  for (const { id, name, created_at: createdAt, metadata } of entries) {
    if (id === null || Date.parse(createdAt ?? '') >= olderThanMs) continue;
    const spare = `${TRASH}/${name}`;
    const path = pathOfTrash(name);
    const isBack = path !== undefined && (await putBackMissing({ bucket, path, spare }, requests, signal));
    if (isBack) continue;
    await requests.send(about, ({ storage }) => storage.from(bucket).remove([spare]));
    files += 1;
    bytes += Number(metadata?.['size'] ?? 0);
  }
  return { files, bytes };
}

/** @returns whether the copy became the blob again. */
async function putBackMissing(
  { bucket, path, spare }: { readonly bucket: string; readonly path: string; readonly spare: string },
  requests: StorageRequests,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const about = { subject: path, signal };
  if (await requests.find(about, ({ storage }) => storage.from(bucket).info(path))) return false;
  const moved = await requests.find(about, ({ storage }) => storage.from(bucket).move(spare, path));
  return moved !== undefined;
}
