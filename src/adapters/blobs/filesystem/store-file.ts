import { join } from 'node:path';
import { throwIfAborted } from '../../../core/abort.ts';
import { findFile } from './safe-path.ts';
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
  const file = join(root, ...path.split('/'));
  const existing = await findFile(root, path);
  let storedAtMs = existing && renewStoredTime(file, now);
  while (storedAtMs === undefined) {
    throwIfAborted(signal);
    await writeFileDurably(root, path, bytes, now);
    storedAtMs = renewStoredTime(file, now);
  }
  return { bytes: existing?.size ?? bytes.byteLength, storedAtMs };
}
