import type { PubSub, v1 } from '@google-cloud/pubsub';
import { delay } from '../../../core/abort.ts';
import { backoffMs } from '../../../core/retry.ts';
import type { HeldMessage } from './held-message.ts';
import type { Inbox } from './inbox.ts';
import { pubsubError, STATUS, statusOf } from './pubsub-error.ts';
import { bounded, type Feed, type PullOptions } from './streaming-pull.ts';

/** How long a message is ours without being extended, and how often it is. */
const DEADLINE_SECONDS = 30;
const EXTEND_MS = 10_000;
const PULL_MS = 10_000;
const MAX_FAILURES = 8;

/**
 * Messages by one pull after another, for whoever drains: a stream holds messages that nobody will get to. A pull extends no lease
 * by itself.
 */
export async function unaryPull(client: PubSub, options: PullOptions, inbox: Inbox): Promise<Feed> {
  const { v1: api } = await import('@google-cloud/pubsub');
  const { subscription: name, maxMessages, clock } = options;
  const subscriber: v1.SubscriberClient = new api.SubscriberClient((await client.getClientConfig()) as never);
  const subscription = subscriber.subscriptionPath(client.projectId, name);
  const stop = new AbortController();
  const held = new Map<string, number>();
  const sent = new Set<Promise<unknown>>();

  const send = (work: Promise<unknown>): void => {
    // Not heard of: the message comes again.
    const done = work.catch(() => undefined).finally(() => sent.delete(done));
    sent.add(done);
  };
  const release = (ackId: string, work: () => Promise<unknown>): void => {
    if (held.delete(ackId)) send(work());
  };
  const extend = (): void => {
    const latest = performance.now() - options.maxExtensionMs;
    const ackIds = [...held].filter(([, since]) => since > latest).map(([ackId]) => ackId);
    if (ackIds.length === 0) return;
    send(subscriber.modifyAckDeadline({ subscription, ackIds, ackDeadlineSeconds: DEADLINE_SECONDS }));
  };
  const extending = setInterval(extend, EXTEND_MS);

  const pullOnce = async (): Promise<void> => {
    const room = maxMessages - held.size;
    if (room <= 0) return delay(20, stop.signal);
    const [{ receivedMessages }] = await subscriber.pull({ subscription, maxMessages: room }, { timeout: PULL_MS });
    for (const { ackId, message } of receivedMessages ?? []) {
      const id = ackId!;
      held.set(id, performance.now());
      inbox.push({
        id: message?.messageId ?? '',
        data: Buffer.from((message?.data as Uint8Array | undefined) ?? []),
        attributes: message?.attributes ?? {},
        orderingKey: message?.orderingKey || undefined,
        publishedAt: timeOf(message?.publishTime),
        ack: () => release(id, () => subscriber.acknowledge({ subscription, ackIds: [id] })),
        nack: () =>
          release(id, () => subscriber.modifyAckDeadline({ subscription, ackIds: [id], ackDeadlineSeconds: 0 })),
      } satisfies HeldMessage);
    }
    // Messages that were kept back for a moment come at their own time.
    if (!receivedMessages?.length) await delay(50, stop.signal);
  };

  const pulling = (async () => {
    for (let failures = 0; !stop.signal.aborted;) {
      try {
        await pullOnce();
        failures = 0;
      } catch (thrown) {
        if (stop.signal.aborted) return;
        // Nothing came within the time of a pull.
        if (statusOf(thrown) === STATUS.deadlineExceeded) continue;
        failures += 1;
        if (failures > MAX_FAILURES) return inbox.fail(pubsubError(thrown, `subscription ${name}`));
        await delay(backoffMs(failures, clock.random(), { baseMs: 500, capMs: 10_000 }), stop.signal);
      }
    }
  })();

  return {
    close: async () => {
      stop.abort();
      clearInterval(extending);
      await bounded(Promise.all(sent), options.closeMs);
      await bounded(subscriber.close(), options.closeMs);
      await bounded(pulling, 0);
    },
  };
}

function timeOf(
  time: { readonly seconds?: unknown; readonly nanos?: number | null } | null | undefined,
): string | null {
  if (!time) return null;
  return new Date(Number(time.seconds) * 1_000 + Math.floor((time.nanos ?? 0) / 1_000_000)).toISOString();
}
