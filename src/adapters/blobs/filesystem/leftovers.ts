import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { throwIfAborted } from '../../../core/abort.ts';
import type { RemovedLeftovers } from '../../../ports/blob-store.ts';
import { removeEmptyFolders } from './folders.ts';
import { INCOMING, removalStartOf, TRASH } from './hidden-folders.ts';
import { entriesOf, listFiles } from './list-files.ts';
import { putBack } from './put-back.ts';
import { statOf } from './safe-path.ts';
import { storedAtMsOf } from './stored-time.ts';

/** Removes half-written files last written before a time, and undoes removals begun before it. */
export async function removeLeftovers(
  root: string,
  olderThanMs: number,
  signal: AbortSignal | undefined,
): Promise<RemovedLeftovers> {
  let files = 0;
  let bytes = 0;
  for (const clearUp of [removeHalfWritten, undoRemovals]) {
    for await (const size of clearUp(root, olderThanMs, signal)) {
      files += 1;
      bytes += size;
    }
  }
  return { files, bytes };
}

async function* removeHalfWritten(
  root: string,
  olderThanMs: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<number> {
  const incoming = join(root, INCOMING);
  for (const name of await namesIn(incoming)) {
    throwIfAborted(signal);
    const file = await statOf(join(incoming, name));
    if (!file?.isFile() || storedAtMsOf(file) >= olderThanMs) continue;
    await rm(join(incoming, name), { force: true });
    yield file.size;
  }
}

/**
 * Puts back every blob that a removal took away and left: how far it had looked nobody knows any more, and a blob too many does
 * no harm. Its time is as it was, so the next collection judges it again. Safe even while that removal still runs, merely
 * stopped for long: it finds its file gone and removes nothing.
 */
async function* undoRemovals(
  root: string,
  olderThanMs: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<number> {
  const trash = join(root, TRASH);
  for (const name of await namesIn(trash)) {
    if ((removalStartOf(name) ?? Infinity) >= olderThanMs) continue;
    const removal = join(trash, name);
    if (!(await isFolder(removal))) continue;
    for await (const path of listFiles(removal, '', signal)) {
      const taken = join(removal, ...path.split('/'));
      const file = await statOf(taken);
      const isBack = await putBack(root, path, taken);
      if (file && !isBack) yield file.size;
      await removeEmptyFolders(trash, dirname(taken));
    }
    await removeIfEmpty(removal);
  }
}

/** Removes folders alone, from the innermost out: a file that appears in one meanwhile keeps it. */
async function removeIfEmpty(folder: string): Promise<void> {
  for await (const entry of entriesOf(folder)) {
    if (entry.isDirectory()) await removeIfEmpty(join(folder, entry.name));
  }
  await removeEmptyFolders(dirname(folder), folder);
}

async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  if (!(await isFolder(folder))) return names;
  for await (const { name } of entriesOf(folder)) names.push(name);
  return names;
}

/** False for a link: it may lead to files that are not the store's. */
async function isFolder(path: string): Promise<boolean> {
  return (await statOf(path))?.isDirectory() ?? false;
}
