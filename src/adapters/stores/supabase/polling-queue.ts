import { delay } from '../../../core/abort.ts';
import { jittered } from '../../../core/retry.ts';
import type { Clock } from '../../../ports/clock.ts';
import { type Delivery, SIGNAL, type TaskQueue } from '../../../ports/task-queue.ts';
import type { Rpc } from './rpc.ts';

/** Soon after there was something to do, at most every five seconds when nothing happens. */
const POLL_MS = { least: 200, most: 5_000, growth: 1.6 } as const;
/** What is there and not claimed, under limits or by busy workers, is no reason to ask all the time. */
const BUSY_MOST_MS = 1_000;

/** The queue that the task table itself is, for deployments without a message queue; any number of workers may poll it. */
export function supabasePollingQueue(rpc: Rpc, clock: Pick<Clock, 'random'>): TaskQueue {
  const closing = new AbortController();
  let wake = new AbortController();
  return {
    name: 'supabase',
    flags: { delivers: 'signals', relayed: false },
    // The row is what publishes a task; a worker of this process need not wait for its next look.
    publish: async (messages) => {
      if (messages.length === 0) return;
      wake.abort();
      wake = new AbortController();
    },
    receive: ({ signal }) => signals(AbortSignal.any([signal, closing.signal])),
    diagnose: async () => ({ facts: { queue: 'store, polled' }, problems: [] }),
    close: async () => closing.abort(),
  };

  async function* signals(stop: AbortSignal): AsyncGenerator<Delivery> {
    let waitMs: number = POLL_MS.least;
    let wasDue = false;
    while (!stop.aborted) {
      const woken = wake.signal;
      const isDue = await peek(stop);
      if (stop.aborted) return;
      if (isDue) yield SIGNAL;
      const isNews = isDue && !wasDue;
      const most = isDue ? BUSY_MOST_MS : POLL_MS.most;
      waitMs = isNews || woken.aborted ? POLL_MS.least : Math.min(most, waitMs * POLL_MS.growth);
      wasDue = isDue;
      await delay(jittered(waitMs, clock.random()), AbortSignal.any([stop, woken]));
    }
  }

  /** While the store is away the worker's own calls say so. */
  async function peek(signal: AbortSignal): Promise<boolean> {
    const answer = await rpc.read<{ due: boolean }>('peek', {}, { signal }).catch(() => ({ due: false }));
    return answer.due;
  }
}
