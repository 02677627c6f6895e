import type { CallOptions } from '../../../ports/task-store.ts';

export interface News {
  announce(): void;
  /** See `EventLog.news`. */
  wait(timeoutMs: number, options?: CallOptions): Promise<void>;
  close(): void;
}

/** More concurrent waiters than any process has; beyond it a wait may resolve for nothing, which is allowed. */
const MAX_STAMPS = 1_024;

/**
 * Change notice without a cursor. Each wait that resolves leaves a stamp: the version its caller has seen. The next wait
 * takes the oldest stamp, which is never newer than what its caller saw, and resolves at once when something changed since;
 * so no change is missed however many callers there are. A caller without a stamp may have missed anything: at once, too.
 */
export function createNews(): News {
  let version = 0;
  let closed = false;
  const stamps: number[] = [];
  const waiting = new Set<() => void>();

  const wake = (): void => {
    for (const resolve of waiting) resolve();
  };
  const leaveStamp = (): void => {
    if (stamps.length < MAX_STAMPS) stamps.push(version);
  };

  return {
    announce() {
      version += 1;
      wake();
    },
    close() {
      closed = true;
      wake();
    },
    async wait(timeoutMs, options) {
      const seen = stamps.shift();
      if (seen === version && !closed) await nextWake(waiting, timeoutMs, options?.signal);
      leaveStamp();
    },
  };
}

function nextWake(waiting: Set<() => void>, timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const finish = (): void => {
      clearTimeout(timer);
      waiting.delete(finish);
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, timeoutMs);
    waiting.add(finish);
    signal?.addEventListener('abort', finish, { once: true });
  });
}
