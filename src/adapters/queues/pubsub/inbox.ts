import type { HeldMessage } from './held-message.ts';

/** Messages of a subscription that wait for a receiver: one at a time of each ordering key. */
export interface Inbox {
  push(message: HeldMessage): void;
  /** Delivers a message again later; it stays under its lease. */
  keep(message: HeldMessage, delayMs: number): void;
  /** The next message of its key may come. After one that failed, those of its key behind it go back with it, in their order. */
  settled(message: HeldMessage, isAcknowledged: boolean): void;
  /** Ends the waiting of {@link next}: undefined once it is closed, or the failure is thrown. */
  next(): Promise<HeldMessage | undefined>;
  fail(thrown: unknown): void;
  /** Gives back all that nobody has begun with. */
  close(): void;
}

/** What is given back after the end goes back within so long. */
const MAX_LATE_MS = 1_000;

export function createInbox(): Inbox {
  const ready: HeldMessage[] = [];
  const behind = new Map<string, HeldMessage[]>();
  const kept = new Map<HeldMessage, NodeJS.Timeout>();
  let wake: (() => void) | undefined;
  let isClosed = false;
  let failure: { readonly thrown: unknown } | undefined;

  const offer = (message: HeldMessage): void => {
    if (isClosed) return message.nack();
    ready.push(message);
    wake?.();
  };

  return {
    push: (message) => {
      const { orderingKey } = message;
      const queue = orderingKey && !isClosed ? behind.get(orderingKey) : undefined;
      if (queue) return void queue.push(message);
      if (orderingKey) behind.set(orderingKey, []);
      offer(message);
    },
    keep: (message, delayMs) => {
      // Nobody receives here any more, and the process does not stay for it.
      if (isClosed) return void setTimeout(() => message.nack(), Math.min(delayMs, MAX_LATE_MS)).unref();
      const again = (): void => {
        kept.delete(message);
        offer(message);
      };
      kept.set(message, setTimeout(again, delayMs));
    },
    settled: ({ orderingKey }, isAcknowledged) => {
      const queue = orderingKey ? behind.get(orderingKey) : undefined;
      if (!orderingKey || !queue) return;
      if (!isAcknowledged) for (const message of queue.splice(0)) message.nack();
      const next = queue.shift();
      if (next) offer(next);
      else behind.delete(orderingKey);
    },
    next: async () => {
      while (ready.length === 0 && !isClosed && !failure) await new Promise<void>((resolve) => (wake = resolve));
      if (failure && !isClosed) throw failure.thrown;
      return isClosed ? undefined : ready.shift();
    },
    fail: (thrown) => {
      failure = { thrown };
      wake?.();
    },
    close: () => {
      isClosed = true;
      for (const [message, timer] of kept) {
        clearTimeout(timer);
        message.nack();
      }
      for (const message of [...ready.splice(0), ...[...behind.values()].flatMap((queue) => queue.splice(0))])
        message.nack();
      wake?.();
    },
  };
}
