/** How a process that writes all the time shares the lock with others. */
export interface LockShare {
  /** Runs a transaction and takes its time. */
  hold<T>(transaction: () => T): T;
  /** Call when the transaction has the lock. */
  began(): void;
  /** Whether other processes write too, as far as can be told. */
  isContended(): boolean;
  /** How long to leave the lock free from now on, in milliseconds. */
  restMs(): number;
}

/** Another process that wrote so recently is likely to want the lock again. */
const CONTENDED_MS = 250;

/**
 * While other processes write too, the lock is left free for as long as it was held: SQLite has no queue for it, and a process that
 * takes it back at once can starve a third for seconds.
 */
export function createLockShare(dataVersion: () => number): LockShare {
  let seen: number | undefined;
  let contendedUntil = 0;
  let restUntil = 0;
  let beganAt = 0;
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
    isContended: () => performance.now() < contendedUntil,
    restMs: () => Math.max(0, restUntil - performance.now()),
  };
}
