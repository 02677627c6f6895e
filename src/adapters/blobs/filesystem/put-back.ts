import { link, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { despiteVanishingFolders, flushDirectory, makeFolders } from './folders.ts';
import { statOf } from './safe-path.ts';
import { errnoOf } from './storage-error.ts';

/** What `link` fails with where there are no hard links, or where the system forbids them for another user's file. */
const NO_HARD_LINK = new Set(['EPERM', 'EACCES', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK']);

/**
 * Gives a file that was taken away its path again, unless another has it by now: that one is newer and has the same bytes.
 * False when nothing had to be put back. Several processes may do it at once for one file.
 */
export async function putBack(root: string, path: string, taken: string): Promise<boolean> {
  const target = join(root, ...path.split('/'));
  return despiteVanishingFolders(async () => {
    if (!(await statOf(taken))) return false;
    await makeFolders(root, path);
    const isBack = await nameAgain(taken, target);
    // Not before the name under the path lasts may the other one go.
    await flushDirectory(dirname(target));
    await rm(taken, { force: true });
    return isBack;
  });
}

async function nameAgain(taken: string, target: string): Promise<boolean> {
  try {
    await link(taken, target);
    return true;
  } catch (thrown) {
    const code = errnoOf(thrown) ?? '';
    if (code === 'EEXIST') return false;
    if (!NO_HARD_LINK.has(code)) throw thrown;
  }
  if (await statOf(target)) return false;
  await rename(taken, target);
  return true;
}
