import { mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { despiteVanishingFolders, flushDirectory, makeFolders } from './folders.ts';
import { INCOMING } from './hidden-folders.ts';
import { nameUnlessTaken } from './name-file.ts';
import { fileTime } from './stored-time.ts';

/**
 * Writes a file so that a crash at any moment leaves all of it or nothing: under a temporary name in the same file system,
 * flushed to disk, named, and then the directory flushed so that the name lasts, too. A file that is there by then is kept.
 */
export async function writeFileDurably(
  root: string,
  path: string,
  bytes: Uint8Array,
  now: () => number,
): Promise<void> {
  const target = join(root, ...path.split('/'));
  const incoming = join(root, INCOMING);
  await despiteVanishingFolders(async () => {
    await mkdir(incoming, { recursive: true });
    await makeFolders(root, path);
    const temporary = join(incoming, crypto.randomUUID());
    try {
      await writeFlushed(temporary, bytes, now);
      await nameUnlessTaken(temporary, target);
    } finally {
      await rm(temporary, { force: true });
    }
    await flushDirectory(dirname(target));
  });
}

async function writeFlushed(file: string, bytes: Uint8Array, now: () => number): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(bytes);
    // The kernel stamps files by a coarse clock, milliseconds late: a blob would seem older than the put that stored it.
    const storedAt = fileTime(now());
    await handle.utimes(storedAt, storedAt);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
