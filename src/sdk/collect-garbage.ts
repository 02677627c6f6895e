import { throwIfAborted } from '../core/abort.ts';
import { invalidInput } from '../core/errors.ts';
import type { BlobInfo } from '../ports/blob-store.ts';
import type { FinishedTask, RemovedTask } from '../ports/retention.ts';
import { chunksOf } from './chunks.ts';
import type { ClientDependencies } from './client-dependencies.ts';
import { gcPolicy, isHeld } from './gc-policy.ts';
import type { GcOptions, GcReport } from './maintenance.ts';

const DAY_MS = 86_400_000;
const PAGE = 1_000;
/** Tasks per transaction: short enough for workers to get their turn. */
const REMOVAL_CHUNK = 200;
const ORPHAN_CHUNK = 500;

/** One collection: what it works with, and what it has found so far. */
interface Collection {
  readonly dependencies: ClientDependencies;
  readonly signal: AbortSignal | undefined;
  readonly options: GcOptions;
  /** Files that were stored since may belong to a task that is about to name them. */
  readonly cutOff: string;
  /** Tasks that are removed, or would be. */
  readonly removed: Set<string>;
  readonly found: { blobs: number; bytes: number; orphans: number; leftovers: number };
}

/** See `MaintenanceResource.gc`. */
export async function collectGarbage(
  options: GcOptions,
  dependencies: ClientDependencies,
  signal: AbortSignal | undefined,
): Promise<GcReport> {
  assertOptions(options);
  const cutOffMs = dependencies.clock.now() - (options.orphanAgeMs ?? DAY_MS);
  const collection: Collection = {
    dependencies,
    signal,
    options,
    cutOff: new Date(cutOffMs).toISOString(),
    removed: new Set(),
    found: { blobs: 0, bytes: 0, orphans: 0, leftovers: 0 },
  };
  await removeTasks(collection);
  await removeOrphans(collection);
  await removeRemains(collection);
  return { tasks: collection.removed.size, ...collection.found, dryRun: options.dryRun ?? false };
}

function assertOptions({ olderThanMs, keep, maxBytes, orphanAgeMs }: GcOptions): void {
  for (const [field, value] of Object.entries({ olderThanMs, keep, maxBytes, orphanAgeMs })) {
    if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) continue;
    throw invalidInput(field, 'expected a whole number from 0');
  }
}

async function removeTasks(collection: Collection): Promise<void> {
  const { options, dependencies, removed, signal } = collection;
  const { olderThanMs, keep, maxBytes, dryRun } = options;
  if (olderThanMs === undefined && keep === undefined && maxBytes === undefined) return;
  const heldBytes = maxBytes === undefined ? 0 : await sizeOfHeld(collection);
  const mayGo = gcPolicy(options, { nowMs: dependencies.clock.now(), heldBytes });
  for await (const chunk of chunksOf(chosen(finishedTasks(collection), mayGo), { items: REMOVAL_CHUNK })) {
    throwIfAborted(signal);
    const ids = chunk.map(({ taskId }) => taskId);
    const gone = dryRun ? ids.map((taskId) => ({ taskId, paths: [] })) : await removeRows(ids, collection);
    for (const { taskId } of gone) removed.add(taskId);
    for (const task of gone) await removeBlobs(task, collection);
  }
}

function removeRows(taskIds: readonly string[], { dependencies, signal }: Collection): Promise<readonly RemovedTask[]> {
  return dependencies.store.retention.remove(taskIds, { signal });
}

async function* finishedTasks({ dependencies, signal }: Collection): AsyncGenerator<FinishedTask> {
  let cursor: string | undefined;
  do {
    const page = await dependencies.store.retention.finished({ cursor, limit: PAGE }, { signal });
    yield* page.tasks;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}

async function* chosen<T>(items: AsyncIterable<T>, isChosen: (item: T) => boolean): AsyncGenerator<T> {
  for await (const item of items) if (isChosen(item)) yield item;
}

async function sizeOfHeld(collection: Collection): Promise<number> {
  let bytes = 0;
  for await (const task of chosen(finishedTasks(collection), isHeld)) bytes += task.bytes;
  return bytes;
}

/** The rows are gone: what is left behind by a crash here is an orphan, which a later collection finds. */
async function removeBlobs({ taskId, paths }: RemovedTask, { dependencies, found, cutOff, signal }: Collection) {
  for (const path of paths) {
    const blob = await dependencies.blobs.stat(path, { signal });
    if (!blob) continue;
    // A picture that several tasks share may just have been stored for one more.
    const guard = folderTask(path) === taskId ? {} : { unlessStoredSince: cutOff };
    if (!(await dependencies.blobs.remove(path, { ...guard, signal }))) continue;
    found.blobs += 1;
    found.bytes += blob.bytes;
  }
}

async function removeOrphans(collection: Collection): Promise<void> {
  const { dependencies, removed, found, cutOff, options, signal } = collection;
  for await (const chunk of chunksOf(dependencies.blobs.list('', { signal }), { items: ORPHAN_CHUNK })) {
    throwIfAborted(signal);
    const ofRemoved = chunk.filter(({ path }) => removed.has(folderTask(path)));
    for (const blob of ofRemoved) if (await isRemoved(blob)) count('blobs', blob);
    const old = chunk.filter((blob) => !ofRemoved.includes(blob) && blob.storedAt < cutOff);
    if (old.length === 0) continue;
    const paths = old.map(({ path }) => path);
    const named = new Set(await dependencies.store.retention.referenced(paths, { signal }));
    for (const blob of old.filter(({ path }) => !named.has(path))) {
      if (await isRemoved(blob, cutOff)) count('orphans', blob);
    }
  }

  async function isRemoved({ path }: BlobInfo, unlessStoredSince?: string): Promise<boolean> {
    return options.dryRun || dependencies.blobs.remove(path, { unlessStoredSince, signal });
  }

  function count(kind: 'blobs' | 'orphans', { bytes }: BlobInfo): void {
    found[kind] += 1;
    found.bytes += bytes;
  }
}

/** What is left of processes that died; a dry run cannot tell it, as only removing looks for it. */
async function removeRemains({ dependencies, options, found, cutOff, signal }: Collection): Promise<void> {
  if (options.dryRun) return;
  const { files, bytes } = await dependencies.blobs.removeLeftovers({ olderThan: cutOff, signal });
  found.leftovers = files;
  found.bytes += bytes;
  await dependencies.store.retention.prune(cutOff, { signal });
}

/** The task whose folder the path lies in (`core/blob-path.ts`); of an upload, the uploads' own. */
function folderTask(path: string): string {
  return path.split('/')[1] ?? '';
}
