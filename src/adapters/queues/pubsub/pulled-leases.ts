import type { v1 } from '@google-cloud/pubsub';
import { delay } from '../../../core/abort.ts';
import { bounded } from './streaming-pull.ts';

/** Leases of messages that came by single pulls: nothing but this extends them. */
export interface PulledLeases {
  readonly size: number;
  hold(ackId: string): void;
  acknowledge(ackId: string): void;
  giveBack(ackId: string): void;
  close(limitMs: number): Promise<void>;
}

/** How long a message is ours without being extended, and how often it is. */
const DEADLINE_SECONDS = 30;
const EXTEND_MS = 10_000;
const SETTLING_MS = 20;

export function createPulledLeases(
  subscriber: v1.SubscriberClient,
  subscription: string,
  maxExtensionMs: number,
): PulledLeases {
  /** When each was pulled, on the monotonic clock. */
  const held = new Map<string, number>();
  const sent = new Set<Promise<unknown>>();

  const send = (work: Promise<unknown>): void => {
    // Not heard of: the message comes again.
    const done = work.catch(() => undefined).finally(() => sent.delete(done));
    sent.add(done);
  };
  const setDeadline = (ackIds: string[], ackDeadlineSeconds: number): void => {
    if (ackIds.length > 0) send(subscriber.modifyAckDeadline({ subscription, ackIds, ackDeadlineSeconds }));
  };
  const extend = (): void => {
    const latest = performance.now() - maxExtensionMs;
    setDeadline(
      [...held].filter(([, since]) => since > latest).map(([ackId]) => ackId),
      DEADLINE_SECONDS,
    );
  };
  const extending = setInterval(extend, EXTEND_MS);

  return {
    get size() {
      return held.size;
    },
    hold: (ackId) => void held.set(ackId, performance.now()),
    acknowledge: (ackId) => {
      if (held.delete(ackId)) send(subscriber.acknowledge({ subscription, ackIds: [ackId] }));
    },
    giveBack: (ackId) => {
      if (held.delete(ackId)) setDeadline([ackId], 0);
    },
    close: async (limitMs) => {
      const latest = performance.now() + limitMs;
      // What was delivered is being settled.
      while (held.size > 0 && performance.now() < latest) await delay(SETTLING_MS);
      clearInterval(extending);
      await bounded(Promise.all(sent), limitMs);
    },
  };
}
