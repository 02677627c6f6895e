import type { WantSign } from './want-sign.ts';

/** How a process that writes all the time shares the lock with others. */
export interface LockShare {
  /** Runs a transaction and takes its time. */
  hold<T>(transaction: () => T): T;
  /** Call when the transaction has the lock. */
  began(): void;
  /** Whether somebody had to wait for the lock of late who should not have to: then it is to be held for short. */
  isWanted(): boolean;
  /** How long to leave the lock free from now on, in milliseconds. */
  restMs(): number;
}

/** Another process that wrote so recently is likely to want the lock again. */
const CONTENDED_MS = 250;
/** Who waited so recently is likely to come again. */
const WANTED_MS = 500;
/** Enough for who waits to look again. */
const GIVE_WAY_MS = 2.5;
/** However many others want it, a worker's step comes to its turn. */
const MAX_GIVEN_WAY = 8;

/**
 * While other processes write too, the lock is left free for as long as it was held, and longer for one that says it waits: SQLite
 * has no queue for it, and processes that take it back at once, or pass it between them, can starve a third for seconds.
 */
export function createLockShare(dataVersion: () => number, want?: Pick<WantSign, 'isRaised'>): LockShare {
  let seen: number | undefined;
  let contendedUntil = 0;
  let restUntil = 0;
  let beganAt = 0;
  let wantedUntil = 0;
  let givenWay = 0;
  const isContended = (): boolean => performance.now() < contendedUntil;
  return {
    began: () => {
      beganAt = performance.now();
      const version = dataVersion();
      if (seen !== undefined && version !== seen) contendedUntil = beganAt + CONTENDED_MS;
      seen = version;
    },
    hold: (transaction) => {
      beganAt = performance.now();
      try {
        return transaction();
      } finally {
        const now = performance.now();
        if (now < contendedUntil) restUntil = now + (now - beganAt);
      }
    },
    isWanted: () => performance.now() < wantedUntil,
    restMs: () => {
      const now = performance.now();
      if (isContended() && givenWay < MAX_GIVEN_WAY && want?.isRaised()) {
        givenWay += 1;
        wantedUntil = now + WANTED_MS;
        restUntil = Math.max(restUntil, now + GIVE_WAY_MS);
      } else if (restUntil <= now) givenWay = 0;
      return Math.max(0, restUntil - now);
    },
  };
}
