import { delay } from '../../core/abort.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Delivery, TaskMessage, TaskQueue } from '../../ports/task-queue.ts';
import { systemClock } from '../system-clock.ts';

export interface MemoryQueueOptions {
  /** Default: the machine's clock. */
  readonly clock?: Clock | undefined;
  /** A delivery that is neither acknowledged nor given back comes again after this time, default 30,000 ms. */
  readonly redeliverAfterMs?: number | undefined;
  /** Default true: workers publish again what its store's outbox gives them. */
  readonly relayed?: boolean | undefined;
  /** Told of each rejected message; default: it is dropped. */
  readonly onRejected?: ((rejected: RejectedMessage) => void) | undefined;
}

export interface RejectedMessage {
  readonly message: TaskMessage;
  readonly reason: string;
}

interface Message {
  readonly published: TaskMessage;
  readonly publishedAt: string;
  dueAtMs: number;
}

/** The clock may be a fake one that no timer follows: messages that are not due yet are looked at this often. */
const RECHECK_MS = 10;

/** A queue in this process's memory that delivers task ids, at least once each, like a hosted message queue. */
export function memoryQueue(options: MemoryQueueOptions = {}): TaskQueue {
  const { clock = systemClock, redeliverAfterMs = 30_000, relayed = true, onRejected } = options;
  // In order of publishing; a message stays until it is acknowledged.
  const messages = new Set<Message>();
  const closing = new AbortController();
  let change = new AbortController();

  const wake = (): void => {
    change.abort();
    change = new AbortController();
  };

  const takeDue = (): Message | undefined => {
    const now = clock.now();
    for (const message of messages) {
      if (message.dueAtMs > now) continue;
      message.dueAtMs = now + redeliverAfterMs;
      return message;
    }
    return undefined;
  };

  const deliveryOf = (message: Message): Delivery => ({
    taskId: message.published.taskId,
    message: message.published,
    problem: null,
    publishedAt: message.publishedAt,
    async acknowledge() {
      messages.delete(message);
    },
    async giveBack(delayMs) {
      message.dueAtMs = clock.now() + delayMs;
      wake();
    },
    async reject(reason) {
      if (messages.delete(message)) onRejected?.({ message: message.published, reason });
    },
  });

  const waitForChange = (stop: AbortSignal): Promise<void> => {
    const until = AbortSignal.any([stop, change.signal]);
    return messages.size > 0 ? delay(RECHECK_MS, until) : untilAborted(until);
  };

  return {
    name: 'memory',
    flags: { delivers: 'ids', relayed },
    async publish(all) {
      const publishedAt = new Date(clock.now()).toISOString();
      for (const published of all) messages.add({ published, publishedAt, dueAtMs: clock.now() });
      wake();
    },
    async *receive({ signal }) {
      const stop = AbortSignal.any([signal, closing.signal]);
      while (!stop.aborted) {
        const message = takeDue();
        if (message) yield deliveryOf(message);
        else await waitForChange(stop);
      }
    },
    diagnose: async () => ({ facts: { queue: 'memory' }, problems: [] }),
    async close() {
      closing.abort();
    },
  };
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
