import { closeSync, openSync, watch } from 'node:fs';

/** What a watch of the bell's file needs of `fs.watch`. */
export type WatchFile = (
  file: string,
  options: { readonly persistent: false },
  onTouched: () => void,
) => {
  on(event: 'error', listener: () => void): unknown;
  close(): void;
};

export interface BellWatch {
  /** True until a touch was heard: some mounts take a watch and never tell of anything. */
  isDeaf(): boolean;
  close(): void;
}

/** Listens for the touches of a bell's file; made when it is missing. */
export function watchBell(
  file: string,
  onTouched: (isFirst: boolean) => void,
  watchFile: WatchFile = watch,
): BellWatch {
  let watcher: ReturnType<WatchFile> | undefined;
  let hasHeard = false;
  try {
    closeSync(openSync(file, 'a'));
    watcher = watchFile(file, { persistent: false }, () => {
      const isFirst = !hasHeard;
      hasHeard = true;
      onTouched(isFirst);
    });
    watcher.on('error', () => {
      watcher?.close();
      watcher = undefined;
    });
  } catch {
    // A read-only directory, or no watches left.
  }
  return {
    isDeaf: () => watcher === undefined || !hasHeard,
    close: () => watcher?.close(),
  };
}
