import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { despiteVanishingFolders, flushDirectory, makeFolders } from './folders.ts';
import { nameUnlessTaken } from './name-file.ts';
import { statOf } from './safe-path.ts';

/**
 * Gives a file that was taken away its path again, unless another has it by now: that one is newer and has the same bytes.
 * False when nothing had to be put back. Several processes may do it at once for one file.
 */
export async function putBack(root: string, path: string, taken: string): Promise<boolean> {
  const target = join(root, ...path.split('/'));
  return despiteVanishingFolders(async () => {
    if (!(await statOf(taken))) return false;
    await makeFolders(root, path);
    const isBack = await nameUnlessTaken(taken, target);
    // Not before the name under the path lasts may the other one go.
    await flushDirectory(dirname(target));
    await rm(taken, { force: true });
    return isBack;
  });
}
