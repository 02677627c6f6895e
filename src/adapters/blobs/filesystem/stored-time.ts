import { lutimesSync, type Stats } from 'node:fs';
import { errnoOf } from './storage-error.ts';

/** When a file was last stored. Rounded, since the system's fractional seconds may read back a hair too early. */
export function storedAtMsOf(file: Stats): number {
  return Math.round(file.mtimeMs);
}

/** Seconds, as the file system's calls take them. */
export function fileTime(timeMs: number): number {
  return timeMs / 1000;
}

/**
 * Marks a file as stored now and tells the time; undefined when there is none. Synchronous: waiting in the thread pool behind
 * other work, an old time could undo the newer one of another writer.
 */
export function renewStoredTime(file: string, now: () => number): number | undefined {
  const storedAtMs = now();
  try {
    lutimesSync(file, fileTime(storedAtMs), fileTime(storedAtMs));
    return storedAtMs;
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return undefined;
    throw thrown;
  }
}
