import type { TaskLeases } from '../ports/task-leases.ts';
import type { TaskQueue } from '../ports/task-queue.ts';
import type { WorkSource } from './work-source.ts';

/** A queue that only signals: each signal wakes the worker, which claims whatever is next. */
export function signalSource(
  { leases, queue }: { readonly leases: TaskLeases; readonly queue: TaskQueue },
  onNews: () => void,
): WorkSource {
  const stop = new AbortController();
  const receiving = (async () => {
    for await (const _delivery of queue.receive({ signal: stop.signal })) onNews();
  })();
  return {
    take: async (options) => {
      const claims = await leases.claim(options);
      return claims.map((claimed) => ({ claimed }));
    },
    close: async () => {
      stop.abort();
      await receiving;
    },
  };
}
