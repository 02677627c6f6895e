import { join } from 'node:path';
import { throwIfAborted } from '../../../core/abort.ts';
import { flushNames } from './folders.ts';
import { findFile } from './safe-path.ts';
import { errnoOf } from './storage-error.ts';
import { renewStoredTime } from './stored-time.ts';
import { writeFileDurably } from './write-file.ts';

export interface StoredFile {
  readonly bytes: number;
  readonly storedAtMs: number;
}

export interface StoreOptions {
  readonly now: () => number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Writes a file unless it is there, and renews its time. The renewal decides: a removal that renamed the file away before it
 * makes it fail, and the file is written anew; one that comes after it finds the new time.
 */
export async function storeFile(
  root: string,
  path: string,
  bytes: Uint8Array,
  { now, signal }: StoreOptions,
): Promise<StoredFile> {
  const existing = await findFile(root, path);
  let storedAtMs = existing && (await renewDurably(root, path, now));
  while (storedAtMs === undefined) {
    throwIfAborted(signal);
    await writeFileDurably(root, path, bytes, now);
    storedAtMs = renewStoredTime(fileOf(root, path), now);
  }
  return { bytes: existing?.size ?? bytes.byteLength, storedAtMs };
}

/**
 * Renews the time of a file that is there, and flushes its name: whoever gave it may have been killed before. Undefined when
 * the file is gone.
 */
async function renewDurably(root: string, path: string, now: () => number): Promise<number | undefined> {
  const storedAtMs = renewStoredTime(fileOf(root, path), now);
  if (storedAtMs === undefined) return undefined;
  try {
    await flushNames(root, path);
    return storedAtMs;
  } catch (thrown) {
    // A removal took the file, and then its empty folder.
    if (errnoOf(thrown) === 'ENOENT') return undefined;
    throw thrown;
  }
}

function fileOf(root: string, path: string): string {
  return join(root, ...path.split('/'));
}
