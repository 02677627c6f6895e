import { access, constants, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Diagnosis, Problem } from '../../../ports/diagnosis.ts';

/** Below that the next images may not fit. */
const LITTLE_SPACE_BYTES = 100_000_000;

/** Whether the directory, or the one that it would be made in, can be written, and how much room there is. */
export async function diagnoseDirectory(root: string): Promise<Diagnosis> {
  const place = await nearestDirectory(root);
  const { bavail, bsize } = await statfs(place);
  const freeBytes = bavail * bsize;
  const problems: Problem[] = [];
  if (!(await isWritable(place))) {
    problems.push({
      code: 'STORAGE_READ_ONLY',
      message: `images cannot be written under ${root}`,
      hint: 'give this user the right to write there, or choose another data directory with CONCEPT_HOME',
    });
  }
  if (freeBytes < LITTLE_SPACE_BYTES) {
    problems.push({
      code: 'STORAGE_FULL',
      message: `only ${Math.floor(freeBytes / 1_000_000)} MB are free for images under ${root}`,
      hint: 'free space, or remove old tasks with: concept gc',
    });
  }
  return { facts: { blobs: 'files', directory: root, freeBytes }, problems };
}

async function nearestDirectory(path: string): Promise<string> {
  try {
    await access(path);
    return path;
  } catch {
    const parent = dirname(path);
    return parent === path ? path : nearestDirectory(parent);
  }
}

async function isWritable(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
