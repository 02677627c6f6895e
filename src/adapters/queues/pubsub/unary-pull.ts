import type { protos, PubSub, v1 } from '@google-cloud/pubsub';
import { delay } from '../../../core/abort.ts';
import { backoffMs } from '../../../core/retry.ts';
import { bounded } from './bounded.ts';
import { type Feed, FEED_RETRY, type PullOptions } from './feed.ts';
import type { HeldMessage } from './held-message.ts';
import type { Inbox } from './inbox.ts';
import { createPulledLeases, type PulledLeases } from './pulled-leases.ts';
import { pubsubError } from './pubsub-error.ts';

const PULL_MS = 10_000;
const CLOSE_MS = 2_000;
/** Between pulls that bring nothing. */
const IDLE = { leastMs: 50, mostMs: 1_000 };

type PullResponse = protos.google.pubsub.v1.IPullResponse;

/**
 * Messages by one pull after another, for whoever drains: a stream holds messages that nobody will get to. A pull extends no lease
 * by itself.
 */
export async function unaryPull(client: PubSub, options: PullOptions, inbox: Inbox): Promise<Feed> {
  const { v1: api } = await import('@google-cloud/pubsub');
  const { subscription: name, maxMessages, clock } = options;
  const subscriber: v1.SubscriberClient = new api.SubscriberClient((await client.getClientConfig()) as never);
  const subscription = subscriber.subscriptionPath(client.projectId, name);
  await subscriber.initialize();
  const stop = new AbortController();
  const abandon = new AbortController();
  const leases = createPulledLeases(subscriber, subscription, options.maxExtensionMs);

  let pauseMs = IDLE.leastMs;
  const pullOnce = async (): Promise<void> => {
    const room = maxMessages - leases.size;
    if (room <= 0) return leases.nextSettled(stop.signal);
    const { receivedMessages } = await pull(subscriber, { subscription, maxMessages: room }, abandon.signal);
    const received = receivedMessages ?? [];
    leases.hold(received.map(({ ackId }) => ackId!));
    for (const { ackId, message } of received) inbox.push(heldMessageOf(ackId!, message ?? {}, leases));
    if (received.length > 0) return void (pauseMs = IDLE.leastMs);
    await delay(pauseMs, stop.signal);
    pauseMs = Math.min(IDLE.mostMs, pauseMs * 2);
  };

  const pulling = (async () => {
    for (let failures = 0; !stop.signal.aborted;) {
      try {
        await pullOnce();
        failures = 0;
      } catch (thrown) {
        if (stop.signal.aborted) return;
        failures += 1;
        if (failures > FEED_RETRY.most) return inbox.fail(pubsubError(thrown, `subscription ${name}`));
        await delay(backoffMs(failures, clock.random(), FEED_RETRY.backoff), stop.signal);
      }
    }
  })();

  return {
    close: async () => {
      const latest = performance.now() + options.closeMs;
      stop.abort();
      // What a pull under way brings is given back; broken off, it would take it along.
      await bounded(pulling, CLOSE_MS);
      abandon.abort();
      await leases.close(Math.max(0, latest - performance.now()));
      await bounded(subscriber.close(), CLOSE_MS);
    },
  };
}

type Cancellable = Promise<readonly [PullResponse]> & { cancel(): void };

/**
 * Answered at once, also with nothing: a pull that waits at the service goes on there when it is broken off here, and takes the
 * next message to nobody. By the call below the client's own, which cannot be broken off at all.
 */
async function pull(
  subscriber: v1.SubscriberClient,
  { subscription, maxMessages }: { readonly subscription: string; readonly maxMessages: number },
  abandon: AbortSignal,
): Promise<PullResponse> {
  const headers = { 'x-goog-request-params': `subscription=${encodeURIComponent(subscription)}` };
  const request = { subscription, maxMessages, returnImmediately: true };
  const call = subscriber.innerApiCalls['pull']!(request, { timeout: PULL_MS, otherArgs: { headers } }) as Cancellable;
  const cancel = (): void => call.cancel();
  abandon.addEventListener('abort', cancel, { once: true });
  try {
    const [response] = await call;
    return response;
  } finally {
    abandon.removeEventListener('abort', cancel);
  }
}

type PulledMessage = NonNullable<protos.google.pubsub.v1.IReceivedMessage['message']>;

function heldMessageOf(
  ackId: string,
  { messageId, data, attributes, orderingKey, publishTime }: PulledMessage,
  leases: PulledLeases,
): HeldMessage {
  return {
    id: messageId ?? '',
    data: Buffer.from((data as Uint8Array | null | undefined) ?? []),
    attributes: attributes ?? {},
    orderingKey: orderingKey || undefined,
    publishedAt: timeOf(publishTime),
    ack: () => leases.acknowledge(ackId),
    nack: () => leases.giveBack(ackId),
  };
}

function timeOf(
  time: { readonly seconds?: unknown; readonly nanos?: number | null } | null | undefined,
): string | null {
  if (!time) return null;
  return new Date(Number(time.seconds) * 1_000 + Math.floor((time.nanos ?? 0) / 1_000_000)).toISOString();
}
