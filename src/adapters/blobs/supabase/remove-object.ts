import { randomUUID } from 'node:crypto';
import type { StorageRequests } from './requests.ts';
import { trashPathOf } from './trash.ts';

export interface ObjectToRemove {
  readonly bucket: string;
  readonly path: string;
  /** Spares what was stored at or after this time, in Unix milliseconds. */
  readonly sinceMs: number | undefined;
}

/**
 * Removes an object unless it was stored since. The storage knows no such condition, but it tells what it removed: an object that
 * proves to have been stored meanwhile comes back from a copy made before, under a name that says where it belongs.
 * @returns whether it was removed.
 */
export async function removeObject(
  { bucket, path, sinceMs }: ObjectToRemove,
  requests: StorageRequests,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const about = { subject: path, signal };
  const removeNow = (target: string) =>
    requests.send(about, ({ storage }) => storage.from(bucket).remove([target])) as Promise<readonly RemovedObject[]>;
  if (sinceMs === undefined) return (await removeNow(path)).length > 0;

  const object = await requests.find(about, ({ storage }) => storage.from(bucket).info(path));
  if (!object || Date.parse(object.lastModified ?? object.createdAt) >= sinceMs) return false;
  const spare = trashPathOf(path, randomUUID());
  const copied = await requests.find(about, ({ storage }) => storage.from(bucket).copy(path, spare));
  if (!copied) return false;
  const [removed] = await removeNow(path);
  const wasStoredSince = removed !== undefined && Date.parse(removed.updated_at ?? '') >= sinceMs;
  const isBack = wasStoredSince && (await putBack({ bucket, path, spare }, requests));
  if (!isBack) await removeNow(spare);
  return removed !== undefined && !wasStoredSince;
}

interface RemovedObject {
  readonly updated_at?: string | null;
}

/** Whoever stored the path again in the meantime stored the same bytes; the copy is then left to be thrown away. */
async function putBack(
  { bucket, path, spare }: { readonly bucket: string; readonly path: string; readonly spare: string },
  requests: StorageRequests,
): Promise<boolean> {
  // Not to be broken off: the blob is gone until it is done.
  const about = { subject: path, signal: undefined };
  const outcome = await requests.find(about, async ({ storage }) => {
    const { error } = await storage.from(bucket).move(spare, path);
    if (!error) return { data: 'moved', error: null };
    return error.statusCode === '409' ? { data: 'taken', error: null } : { data: null, error };
  });
  return outcome === 'moved';
}
