import { lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { assertFolder } from './safe-path.ts';
import { errnoOf } from './storage-error.ts';

/** Holds files while they are written. No blob path begins with a dot, so it is never taken for a user's folder. */
export const INCOMING = '.incoming';

/**
 * Writes a file so that a crash at any moment leaves all of it or nothing: under a temporary name in the same file system,
 * flushed to disk, renamed, and then the directory flushed so that the name lasts, too.
 */
export async function writeFileDurably(root: string, path: string, bytes: Uint8Array): Promise<void> {
  const target = join(root, ...path.split('/'));
  const incoming = join(root, INCOMING);
  await mkdir(incoming, { recursive: true });
  await makeFolders(root, path);
  const temporary = join(incoming, crypto.randomUUID());
  try {
    await writeFlushed(temporary, bytes);
    await rename(temporary, target);
  } catch (thrown) {
    await rm(temporary, { force: true });
    throw thrown;
  }
  await flushDirectory(dirname(target));
}

/** Makes the folders of a path one by one: a recursive mkdir would follow links out of the root. */
async function makeFolders(root: string, path: string): Promise<void> {
  let folder = root;
  for (const segment of path.split('/').slice(0, -1)) {
    const parent = folder;
    folder = join(parent, segment);
    try {
      await mkdir(folder);
      await flushDirectory(parent);
    } catch (thrown) {
      if (errnoOf(thrown) !== 'EEXIST') throw thrown;
      assertFolder(await lstat(folder), path);
    }
  }
}

async function writeFlushed(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function flushDirectory(directory: string): Promise<void> {
  // Windows has no way to open a directory for flushing; its file system keeps names in a journal.
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
