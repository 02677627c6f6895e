import type { v1 } from '@google-cloud/pubsub';
import { untilAborted } from '../../../core/abort.ts';
import { bounded } from './bounded.ts';
import { ANSWER_CALL, untilSettled } from './feed.ts';

/** Leases of messages that came by single pulls: nothing but this extends them. */
export interface PulledLeases {
  readonly size: number;
  /** Of messages that came by one pull. */
  hold(ackIds: readonly string[]): void;
  acknowledge(ackId: string): void;
  giveBack(ackId: string): void;
  /** Resolves when the next one is acknowledged or given back, and when the signal aborts. */
  nextSettled(signal: AbortSignal): Promise<void>;
  /** Waits for what is being worked on, and gives back what is left then. */
  close(limitMs: number): Promise<void>;
}

/** How long a message is ours without being extended, and how often it is. */
const DEADLINE_SECONDS = 30;
const EXTEND_MS = 10_000;
const SEND_MS = 2_000;

export function createPulledLeases(
  subscriber: v1.SubscriberClient,
  subscription: string,
  maxExtensionMs: number,
): PulledLeases {
  /** When each was pulled, on the monotonic clock. */
  const held = new Map<string, number>();
  const sent = new Set<Promise<unknown>>();
  let settled = new AbortController();

  const send = (work: Promise<unknown>): void => {
    // Not heard of: the message comes again.
    const done = work.catch(() => undefined).finally(() => sent.delete(done));
    sent.add(done);
  };
  const setDeadline = (ackIds: readonly string[], ackDeadlineSeconds: number): Promise<unknown> =>
    subscriber.modifyAckDeadline({ subscription, ackIds: [...ackIds], ackDeadlineSeconds }, ANSWER_CALL);
  const { extend, end } = createDeadlines(setDeadline, send);
  /** @returns whether it was held. */
  const drop = (ackId: string): boolean => {
    if (!held.delete(ackId)) return false;
    settled.abort();
    settled = new AbortController();
    return true;
  };
  const extendAll = (): void => {
    const latest = performance.now() - maxExtensionMs;
    // No task may take so long: it makes room, and the message comes again.
    for (const [ackId, since] of held) if (since <= latest) drop(ackId);
    extend([...held.keys()]);
  };
  const timer = setInterval(extendAll, EXTEND_MS);

  return {
    get size() {
      return held.size;
    },
    hold: (ackIds) => {
      for (const ackId of ackIds) held.set(ackId, performance.now());
      // The subscription's own deadline may be over before the next extension.
      extend(ackIds);
    },
    acknowledge: (ackId) => {
      if (drop(ackId)) send(subscriber.acknowledge({ subscription, ackIds: [ackId] }, ANSWER_CALL));
    },
    giveBack: (ackId) => {
      if (drop(ackId)) end([ackId]);
    },
    nextSettled: (signal) => untilAborted(settled.signal, signal),
    close: async (limitMs) => {
      const latest = performance.now() + limitMs;
      await untilSettled(held, latest);
      clearInterval(timer);
      end([...held.keys()]);
      held.clear();
      await bounded(Promise.all(sent), SEND_MS);
    },
  };
}

/** An extension that arrived after its message was given back would keep that from everybody: the end waits for those under way. */
function createDeadlines(
  setDeadline: (ackIds: readonly string[], seconds: number) => Promise<unknown>,
  send: (work: Promise<unknown>) => void,
) {
  let extended: Promise<unknown> = Promise.resolve();
  return {
    extend: (ackIds: readonly string[]): void => {
      if (ackIds.length === 0) return;
      const extending = setDeadline(ackIds, DEADLINE_SECONDS);
      extended = Promise.allSettled([extended, extending]);
      send(extending);
    },
    end: (ackIds: readonly string[]): void => {
      if (ackIds.length > 0) send(extended.then(() => setDeadline(ackIds, 0)));
    },
  };
}
