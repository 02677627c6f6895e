import { isFinal, type Task } from '../core/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import type { Delivery, TaskQueue } from '../ports/task-queue.ts';
import type { ClaimedWork, ClaimOptions, WorkSource } from './work-source.ts';

export interface DeliverySourceOptions {
  readonly store: Store;
  readonly queue: TaskQueue;
  readonly clock: Clock;
  /** Deliveries held in this process that no slot is free for yet. */
  readonly buffer: number;
  /** How soon to ask again for a task that another worker holds. */
  readonly busyDelayMs: number;
}

/** A queue that delivers ids: each is claimed by its id; the store's lease decides. */
export function deliverySource(options: DeliverySourceOptions, onNews: () => void): WorkSource {
  const { store, queue, buffer } = options;
  const stop = new AbortController();
  const waiting: Delivery[] = [];
  let resume: (() => void) | undefined;

  const receiving = (async () => {
    for await (const delivery of queue.receive({ signal: stop.signal })) {
      waiting.push(delivery);
      onNews();
      // Not asking for more is the only back pressure a queue understands.
      if (waiting.length >= buffer) await new Promise<void>((resolve) => (resume = resolve));
    }
  })();

  const takeOne = async (delivery: Delivery, claim: ClaimOptions): Promise<ClaimedWork | undefined> => {
    const taskId = delivery.taskId!;
    try {
      const [claimed] = await store.leases.claim({ ...claim, limit: 1, taskId });
      if (claimed) return { claimed, settled: () => settle(delivery, taskId, options) };
      await settle(delivery, taskId, options);
      return undefined;
    } catch (thrown) {
      // The store is away, or this registration has run out: the delivery is kept for the next try.
      waiting.unshift(delivery);
      throw thrown;
    }
  };

  return {
    take: async (claim) => {
      const taken: ClaimedWork[] = [];
      while (taken.length < claim.limit) {
        const delivery = waiting.shift();
        if (!delivery) break;
        resume?.();
        try {
          const work = await takeOne(delivery, claim);
          if (work) taken.push(work);
        } catch (thrown) {
          // What is claimed already must be started; the error comes again with the next try.
          if (taken.length > 0) return taken;
          throw thrown;
        }
      }
      return taken;
    },
    close: async () => {
      stop.abort();
      resume?.();
      await receiving;
      await Promise.all(waiting.splice(0).map((delivery) => delivery.giveBack(0)));
    },
  };
}

/** Done or unknown tasks need no further delivery; all others come again when they may run. */
async function settle(
  delivery: Delivery,
  taskId: string,
  { store, clock, busyDelayMs }: DeliverySourceOptions,
): Promise<void> {
  const task = await store.tasks.get(taskId);
  if (!task || isFinal(task)) return delivery.acknowledge();
  return delivery.giveBack(delayFor(task, clock.now(), busyDelayMs));
}

function delayFor(task: Task, nowMs: number, busyDelayMs: number): number {
  return task.status === 'pending' ? Math.max(0, Date.parse(task.runAt) - nowMs) : busyDelayMs;
}
