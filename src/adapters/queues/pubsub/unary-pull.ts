import type { protos, PubSub, v1 } from '@google-cloud/pubsub';
import { delay } from '../../../core/abort.ts';
import { backoffMs } from '../../../core/retry.ts';
import { bounded } from './bounded.ts';
import type { Feed, PullOptions } from './feed.ts';
import type { HeldMessage } from './held-message.ts';
import type { Inbox } from './inbox.ts';
import { createPulledLeases, type PulledLeases } from './pulled-leases.ts';
import { pubsubError, STATUS, statusOf } from './pubsub-error.ts';

const PULL_MS = 10_000;
const MAX_FAILURES = 8;
const CLOSE_MS = 2_000;

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
  const leases = createPulledLeases(subscriber, subscription, options.maxExtensionMs);

  const pullOnce = async (): Promise<void> => {
    const room = maxMessages - leases.size;
    if (room <= 0) return leases.nextSettled(stop.signal);
    const { receivedMessages } = await pull(subscriber, { subscription, maxMessages: room }, stop.signal);
    const received = receivedMessages ?? [];
    leases.hold(received.map(({ ackId }) => ackId!));
    for (const { ackId, message } of received) inbox.push(heldMessageOf(ackId!, message ?? {}, leases));
    // Messages that were kept back for a moment come at their own time.
    if (received.length === 0) await delay(50, stop.signal);
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
      await bounded(pulling, CLOSE_MS);
      await leases.close(options.closeMs);
      await bounded(subscriber.close(), CLOSE_MS);
    },
  };
}

type Cancellable = Promise<readonly [PullResponse]> & { cancel(): void };

/** By the call below the client's own, which cannot be cancelled: left waiting, it would take messages that nobody asks for. */
async function pull(
  subscriber: v1.SubscriberClient,
  request: { readonly subscription: string; readonly maxMessages: number },
  stop: AbortSignal,
): Promise<PullResponse> {
  const headers = { 'x-goog-request-params': `subscription=${encodeURIComponent(request.subscription)}` };
  const call = subscriber.innerApiCalls['pull']!(request, { timeout: PULL_MS, otherArgs: { headers } }) as Cancellable;
  const cancel = (): void => call.cancel();
  stop.addEventListener('abort', cancel, { once: true });
  try {
    const [response] = await call;
    return response;
  } finally {
    stop.removeEventListener('abort', cancel);
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
