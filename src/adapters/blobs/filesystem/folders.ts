import { lstat, mkdir, open, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { assertFolder } from './safe-path.ts';
import { errnoOf } from './storage-error.ts';

/** Removals would have to empty the same folder this often between two steps of one writer. */
const MAX_ATTEMPTS = 100;

/** Folders, by path, whose names this process has flushed, with the inode that tells one from a later one of the same name. */
const lasting = new Map<string, number>();
/** Every task has a folder: they are not remembered for ever. */
const MAX_LASTING = 10_000;

/**
 * Makes the folders of a path one by one: a recursive mkdir would follow links out of the root. The names of those that are
 * there are flushed, too, once: whoever made them may have been killed before.
 */
export async function makeFolders(root: string, path: string): Promise<void> {
  let folder = root;
  for (const segment of path.split('/').slice(0, -1)) {
    const parent = folder;
    folder = join(parent, segment);
    await mkdir(folder).catch((thrown: unknown) => {
      if (errnoOf(thrown) !== 'EEXIST') throw thrown;
    });
    const found = await lstat(folder);
    assertFolder(found, path);
    if (lasting.get(folder) === found.ino) continue;
    await flushDirectory(parent);
    if (lasting.size >= MAX_LASTING) lasting.clear();
    lasting.set(folder, found.ino);
  }
}

/** Makes the name of a file that somebody else stored last through a power cut, with the names of its folders. */
export async function flushNames(root: string, path: string): Promise<void> {
  let folder = root;
  await flushDirectory(folder);
  for (const segment of path.split('/').slice(0, -1)) {
    folder = join(folder, segment);
    await flushDirectory(folder);
  }
}

/**
 * Removes `folder` and its parents below `root` as far as they are empty. Never fails: the file system refuses a folder that
 * somebody filled meanwhile, and an empty one that stays does no harm.
 */
export async function removeEmptyFolders(root: string, folder: string): Promise<void> {
  for (let current = folder; current !== root; current = dirname(current)) {
    try {
      await rmdir(current);
      lasting.delete(current);
    } catch {
      return;
    }
  }
}

/** Starts work anew when a removal took away the folder that it had just made or found. */
export async function despiteVanishingFolders<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (thrown) {
      if (errnoOf(thrown) !== 'ENOENT' || attempt === MAX_ATTEMPTS) throw thrown;
    }
  }
}

/** Makes the names in a directory last through a power cut. */
export async function flushDirectory(directory: string): Promise<void> {
  // Windows has no way to open a directory for flushing; its file system keeps names in a journal.
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
