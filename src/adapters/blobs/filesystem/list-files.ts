import type { Dirent } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { throwIfAborted } from '../../../core/abort.ts';
import { errnoOf } from './storage-error.ts';

/**
 * Blob paths under a folder ('' or with a slash at its end), whatever their depth. Links are not followed, dot files and
 * files in the root itself are not blobs.
 */
export async function* listFiles(
  root: string,
  folder: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<string> {
  for await (const entry of entriesOf(join(root, folder))) {
    throwIfAborted(signal);
    if (entry.name.startsWith('.')) continue;
    const path = folder + entry.name;
    if (entry.isDirectory()) yield* listFiles(root, `${path}/`, signal);
    else if (entry.isFile() && folder !== '') yield path;
  }
}

/** What is in a directory; nothing when there is none. */
export async function* entriesOf(directory: string): AsyncGenerator<Dirent> {
  try {
    yield* await opendir(directory);
  } catch (thrown) {
    const code = errnoOf(thrown);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw thrown;
  }
}
