import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { ConceptError, invalidInput } from '../../../core/errors.ts';
import { errnoOf } from './storage-error.ts';

/**
 * The regular file under a blob path, undefined when there is none. Every step on the way is looked at without following
 * links, so that a link inside the root cannot lead out of it.
 * @throws INVALID_INPUT when a link or something else that is no blob is in the way.
 */
export async function findFile(root: string, path: string): Promise<Stats | undefined> {
  const segments = path.split('/');
  for (let depth = 1; depth < segments.length; depth += 1) {
    const folder = await statOf(join(root, ...segments.slice(0, depth)));
    if (!folder) return undefined;
    assertFolder(folder, path);
  }
  const file = await statOf(join(root, ...segments));
  if (file && !file.isFile()) throw invalidInput('path', `${path} is not a file`, 'remove what is in its place');
  return file;
}

/** @throws INVALID_INPUT when a folder on the way of `path` is a link or a file. */
export function assertFolder(folder: Stats, path: string): void {
  if (folder.isDirectory()) return;
  throw invalidInput('path', `${path} leads through a link or a file`, 'remove what is in the place of its folder');
}

/** What is there, links not followed; undefined for nothing. */
export async function statOf(file: string): Promise<Stats | undefined> {
  try {
    return await lstat(file);
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return undefined;
    throw thrown;
  }
}

export function blobNotFound(path: string, root: string): ConceptError {
  return new ConceptError('BLOB_NOT_FOUND', `there is no blob ${path} in ${root}`, {
    hint: 'it was removed, or CONCEPT_HOME names another directory than when it was made',
  });
}
