import { mkdir, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { removeEmptyFolders } from './folders.ts';
import { removalName, TRASH } from './hidden-folders.ts';
import { putBack } from './put-back.ts';
import { findFile, statOf } from './safe-path.ts';
import { errnoOf } from './storage-error.ts';
import { storedAtMsOf } from './stored-time.ts';

export interface RemoveOptions {
  /** Unix milliseconds; undefined removes the file whatever its time. */
  readonly unlessStoredSinceMs: number | undefined;
  readonly now: () => number;
}

/** Removes a file and the folders that it leaves empty. False when it is missing or was stored since the time given. */
export async function removeFile(root: string, path: string, options: RemoveOptions): Promise<boolean> {
  const { unlessStoredSinceMs: sinceMs, now } = options;
  const existing = await findFile(root, path);
  if (!existing) return false;
  const file = join(root, ...path.split('/'));
  // Most fresh files are spared here, without being touched.
  if (sinceMs !== undefined && storedAtMsOf(existing) >= sinceMs) return false;
  const isRemoved =
    sinceMs === undefined ? await succeeds(unlink(file)) : await removeUnlessFresh(root, path, sinceMs, now());
  if (isRemoved) await removeEmptyFolders(root, dirname(file));
  return isRemoved;
}

/**
 * A look at the file under its path may be outdated a moment later. Once renamed away nobody can store it again, so the second
 * look is final: whoever stores it from now on finds it missing and writes another.
 */
async function removeUnlessFresh(root: string, path: string, sinceMs: number, nowMs: number): Promise<boolean> {
  const taken = join(root, TRASH, removalName(nowMs), ...path.split('/'));
  try {
    if (!(await takeAway(root, path, taken))) return false;
    const file = await statOf(taken);
    if (!file) return false;
    if (storedAtMsOf(file) < sinceMs) return await succeeds(unlink(taken));
    await putBack(root, path, taken);
    return false;
  } finally {
    await removeEmptyFolders(join(root, TRASH), dirname(taken));
  }
}

/** Renames a blob to its place in the folder of a removal; false when it is gone. */
export async function takeAway(root: string, path: string, taken: string): Promise<boolean> {
  await mkdir(dirname(taken), { recursive: true });
  return succeeds(rename(join(root, ...path.split('/')), taken));
}

/** False when the file was not there any more. */
async function succeeds(step: Promise<void>): Promise<boolean> {
  try {
    await step;
    return true;
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return false;
    throw thrown;
  }
}
