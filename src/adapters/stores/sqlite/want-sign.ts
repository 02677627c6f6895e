import { closeSync, fstatSync, futimesSync, openSync } from 'node:fs';

/** Tells other processes that somebody waits for the lock who should not have to: SQLite itself keeps no list. */
export interface WantSign {
  /** Says so now; again as long as it is true. */
  raise(): void;
  /** Whether another process has said so since the last look. */
  isRaised(): boolean;
  close(): void;
}

/** @param file beside the database; raised by touching it. */
export function createWantSign(file: string): WantSign {
  let descriptor: number | undefined;
  let seen: number | undefined;
  const touchedAt = (): number => fstatSync((descriptor ??= openSync(file, 'a'))).mtimeMs;
  return {
    raise: () => {
      try {
        descriptor ??= openSync(file, 'a');
        const seconds = (performance.timeOrigin + performance.now()) / 1_000;
        futimesSync(descriptor, seconds, seconds);
        seen = touchedAt();
      } catch {
        // Then it takes its chances with the others.
      }
    },
    isRaised: () => {
      try {
        const now = touchedAt();
        const isNew = seen !== undefined && now !== seen;
        seen = now;
        return isNew;
      } catch {
        return false;
      }
    },
    close: () => {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}
