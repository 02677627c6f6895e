import { link, rename } from 'node:fs/promises';
import { statOf } from './safe-path.ts';
import { errnoOf } from './storage-error.ts';

/** What `link` fails with where there are no hard links, or where the system forbids them for another user's file. */
const NO_HARD_LINK = new Set(['EPERM', 'EACCES', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK']);

/**
 * Gives a file the name `target`, and tells whether it did: a file that has it by now is kept. A rename would replace it and
 * with it the newer time that a put may have promised already. The old name may stay beside the new one: remove it afterwards.
 */
export async function nameUnlessTaken(file: string, target: string): Promise<boolean> {
  try {
    await link(file, target);
    return true;
  } catch (thrown) {
    const code = errnoOf(thrown) ?? '';
    if (code === 'EEXIST') return false;
    if (!NO_HARD_LINK.has(code)) throw thrown;
  }
  // Replaces a file that comes between these two steps: its bytes are the same, and there is no better way without links.
  if (await statOf(target)) return false;
  await rename(file, target);
  return true;
}
