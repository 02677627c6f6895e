import type { EventLog } from '../../../ports/event-log.ts';
import type { Doorbell } from './doorbell.ts';

/**
 * `EventLog.news` over a doorbell: each reader's last call is remembered by the version that its caller is about to look
 * at, so that what changed since is never missed.
 */
export function createNews(bell: Doorbell): EventLog['news'] {
  const seen = new WeakMap<object, number>();
  const anonymous = {};
  return async (timeoutMs, { signal, reader = anonymous } = {}) => {
    const version = seen.get(reader);
    if (version !== undefined) await bell.wait(version, timeoutMs, signal);
    seen.set(reader, bell.version());
  };
}
