import { delay } from '../../../core/abort.ts';
import type { EventLog } from '../../../ports/event-log.ts';

export interface News {
  announce(): void;
  readonly wait: EventLog['news'];
  close(): void;
}

/** Change notice: each reader's last call is remembered, so that what changed since is never missed. */
export function createNews(): News {
  let version = 0;
  let closed = false;
  let change = new AbortController();
  const seen = new WeakMap<object, number>();
  const anonymous = {};

  const wake = (): void => {
    change.abort();
    change = new AbortController();
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
    async wait(timeoutMs, { signal, reader = anonymous } = {}) {
      const isUpToDate = seen.get(reader) === version && !closed;
      if (isUpToDate) await delay(timeoutMs, signal ? AbortSignal.any([signal, change.signal]) : change.signal);
      seen.set(reader, version);
    },
  };
}
