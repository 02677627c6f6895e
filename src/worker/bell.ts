import { delay } from '../core/abort.ts';

/** A doorbell between the parts of one worker: a ring between two waits is never missed. */
export interface Bell {
  ring(): void;
  /** Resolves at the next ring (at once when it rang since the last wait), and at the latest after `timeoutMs`. */
  wait(timeoutMs: number): Promise<void>;
}

export function createBell(): Bell {
  let rung = false;
  let wake = new AbortController();
  return {
    ring: () => {
      rung = true;
      wake.abort();
    },
    wait: async (timeoutMs) => {
      if (!rung) await delay(timeoutMs, wake.signal);
      rung = false;
      wake = new AbortController();
    },
  };
}
