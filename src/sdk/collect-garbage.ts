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
async function removeBlobs({ paths }: RemovedTask, collection: Collection): Promise<void> {
  const { dependencies, signal } = collection;
  for (const path of paths) {
    const blob = await dependencies.blobs.stat(path, { signal });
    if (blob && (await isRemoved(blob, collection))) count('blobs', blob, collection);
  }
}

async function removeOrphans(collection: Collection): Promise<void> {
  const { dependencies, cutOff, signal } = collection;
  for await (const chunk of chunksOf(dependencies.blobs.list('', { signal }), { items: ORPHAN_CHUNK })) {
    throwIfAborted(signal);
    const candidates = chunk.filter((blob) => isOfRemoved(blob, collection) || blob.storedAt < cutOff);
    const named = candidates.length > 0 ? await namedOf(candidates, collection) : new Set();
    for (const blob of candidates.filter(({ path }) => !named.has(path))) {
      const kind = isOfRemoved(blob, collection) ? 'blobs' : 'orphans';
      if (await isRemoved(blob, collection)) count(kind, blob, collection);
    }
  }
}

/** In a dry run the records of the chosen tasks are still there: what lies in their folders counts as named by them alone. */
async function namedOf(blobs: readonly BlobInfo[], collection: Collection): Promise<ReadonlySet<string>> {
  const { dependencies, options, signal } = collection;
  const asked = options.dryRun ? blobs.filter((blob) => !isOfRemoved(blob, collection)) : blobs;
  const paths = asked.map(({ path }) => path);
  return new Set(await dependencies.store.retention.referenced(paths, { signal }));
}

/** What no task of its own can name again goes at once; of all else a task that is about to be recorded may just have stored it. */
async function isRemoved(blob: BlobInfo, collection: Collection): Promise<boolean> {
  const { dependencies, options, cutOff, signal } = collection;
  const unlessStoredSince = isOfRemoved(blob, collection) ? undefined : cutOff;
  return options.dryRun === true || dependencies.blobs.remove(blob.path, { unlessStoredSince, signal });
}

/** In the folder of a task that is removed, see `core/blob-path.ts`. */
function isOfRemoved({ path }: BlobInfo, { removed }: Collection): boolean {
  return removed.has(path.split('/')[1] ?? '');
}

function count(kind: 'blobs' | 'orphans', { bytes }: BlobInfo, { found }: Collection): void {
  found[kind] += 1;
  found.bytes += bytes;
}

/** What is left of processes that died; a dry run cannot tell it, as only removing looks for it. */
async function removeRemains({ dependencies, options, found, cutOff, signal }: Collection): Promise<void> {
  if (options.dryRun) return;
  const { files, bytes } = await dependencies.blobs.removeLeftovers({ olderThan: cutOff, signal });
  found.leftovers = files;
  found.bytes += bytes;
  await dependencies.store.retention.prune(cutOff, { signal });
}
