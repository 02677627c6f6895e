import { closeSync, type FSWatcher, openSync, watch } from 'node:fs';

export interface BellWatch {
  /** True where the file cannot be watched: nothing will be heard. */
  isDeaf(): boolean;
  close(): void;
}

/** Listens for the touches of a bell's file; made when it is missing. */
export function watchBell(file: string, onTouched: () => void): BellWatch {
  let watcher: FSWatcher | undefined;
  try {
    closeSync(openSync(file, 'a'));
    watcher = watch(file, { persistent: false }, onTouched);
    watcher.on('error', () => {
      watcher?.close();
      watcher = undefined;
    });
  } catch {
    // A read-only directory, or no watches left.
  }
  return {
    isDeaf: () => watcher === undefined,
    close: () => watcher?.close(),
  };
}
