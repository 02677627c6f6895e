/**
 * The store's own folders in its root, for files that are no blobs yet or no longer: in the same file system, so that a rename
 * suffices. No blob path begins with a dot, so they are never taken for a user's folder, and listings pass them over.
 */

/** Files while they are written. */
export const INCOMING = '.incoming';

/** Blobs between the rename that takes them away and their end, each in a folder of its removal and there under its path. */
export const TRASH = '.trash';

/** Name of a removal's folder. It carries the time: a rename leaves the file's own time as it was. */
export function removalName(startedAtMs: number): string {
  return `${startedAtMs}-${crypto.randomUUID()}`;
}

/** When the removal of this name began, Unix milliseconds; undefined for a name that is none. */
export function removalStartOf(name: string): number | undefined {
  const [, startedAtMs] = /^(\d+)-/.exec(name) ?? [];
  return startedAtMs === undefined ? undefined : Number(startedAtMs);
}
