import type { Message, PubSub, Subscription, SubscriptionOptions } from '@google-cloud/pubsub';
import { delay } from '../../../core/abort.ts';
import { backoffMs } from '../../../core/retry.ts';
import { bounded } from './bounded.ts';
import { ANSWER_CALL, type Feed, FEED_RETRY, type PullOptions, untilSettled } from './feed.ts';
import type { HeldMessage } from './held-message.ts';
import type { Inbox } from './inbox.ts';
import { pubsubError, STATUS, statusOf } from './pubsub-error.ts';
import { watchSilence } from './silence-watch.ts';

/** The client does not try these again, but they pass: a topic that is being made anew, a token that is being renewed. */
const REOPENABLE = new Set<number>([
  STATUS.unknown,
  STATUS.notFound,
  STATUS.permissionDenied,
  STATUS.failedPrecondition,
  STATUS.unauthenticated,
]);
/** The client's own close can hang for an hour where the server is gone. */
const CLOSE_SLACK_MS = 500;
/** For what is given back to be sent. */
const RETURN_MS = 200;

/** Messages that are not settled, and what they came by. */
type Held = Map<HeldMessage, Subscription>;

/** Messages by streaming pull, over failures of the stream. */
export async function streamingPull(client: PubSub, options: PullOptions, inbox: Inbox): Promise<Feed> {
  const subject = `subscription ${options.subscription}`;
  const settings = await subscriberSettings(options);
  const held: Held = new Map();
  let current: Subscription | undefined;
  let reopens = 0;
  let isClosed = false;
  let reopening: NodeJS.Timeout | undefined;

  const open = (): void => {
    const subscription = client.subscription(options.subscription, settings.working());
    subscription.on('message', (message) => {
      reopens = 0;
      watch.onMessage();
      inbox.push(track(message, subscription, held));
    });
    subscription.on('debug', watch.onRetry);
    subscription.on('error', (thrown) => onError(subscription, thrown));
    current = subscription;
  };

  const onError = (subscription: Subscription, thrown: unknown): void => {
    if (isClosed || subscription !== current) return;
    const mayPass = REOPENABLE.has(statusOf(thrown) ?? -1);
    if (!mayPass || reopens >= FEED_RETRY.most) return inbox.fail(pubsubError(thrown, subject));
    reopens += 1;
    reopen(subscription, backoffMs(reopens, options.clock.random(), FEED_RETRY.backoff));
  };

  /** What came by the old one may still be worked on: it is left to end by itself. */
  const reopen = (subscription: Subscription, afterMs: number): void => {
    current = undefined;
    void subscription.close().catch(() => undefined);
    reopening = setTimeout(() => !isClosed && open(), afterMs);
  };

  const watch = watchSilence({
    silenceMs: options.silenceMs,
    onDead: () => current && reopen(current, 0),
    onHopeless: () => inbox.fail(pubsubError(new Error('its stream does not come back'), subject)),
  });

  open();
  return {
    close: async () => {
      isClosed = true;
      watch.close();
      clearTimeout(reopening);
      const latest = performance.now() + options.closeMs;
      current?.setOptions(settings.closing());
      if (current) await bounded(current.close(), options.closeMs + CLOSE_SLACK_MS);
      for (const [message, subscription] of held) if (subscription === current) held.delete(message);
      await giveBackRest(held, latest);
    },
  };
}

/** Those of subscriptions that failed or were replaced are still worked on; their close waits for nothing. */
async function giveBackRest(held: Held, latest: number): Promise<void> {
  await untilSettled(held, latest);
  if (held.size === 0) return;
  for (const message of held.keys()) message.nack();
  await delay(RETURN_MS);
}

interface SubscriberSettings {
  readonly working: () => SubscriptionOptions;
  readonly closing: () => SubscriptionOptions;
}

async function subscriberSettings({ maxMessages, maxExtensionMs, closeMs }: PullOptions): Promise<SubscriberSettings> {
  const { Duration, SubscriptionCloseBehaviors } = await import('@google-cloud/pubsub');
  const withCloseLimit = (milliseconds: number): SubscriptionOptions => ({
    flowControl: { maxMessages, allowExcessMessages: true },
    // Its limits are sent per stream.
    streamingOptions: { maxStreams: 1 },
    batching: { maxMilliseconds: 10, callOptions: ANSWER_CALL },
    maxExtensionTime: Duration.from({ milliseconds: maxExtensionMs }),
    closeOptions: {
      // By default it would give back what is being worked on, which somebody else then does again.
      behavior: SubscriptionCloseBehaviors.WaitForProcessing,
      timeout: Duration.from({ milliseconds }),
    },
  });
  return {
    // A stream that fails closes its subscription by itself: what is being worked on must not be given back then.
    working: () => withCloseLimit(maxExtensionMs),
    closing: () => withCloseLimit(closeMs),
  };
}

function track(message: Message, subscription: Subscription, held: Held): HeldMessage {
  const tracked: HeldMessage = {
    id: message.id,
    data: message.data,
    attributes: message.attributes,
    orderingKey: message.orderingKey || undefined,
    publishedAt: message.publishTime?.toISOString() ?? null,
    ack: () => {
      held.delete(tracked);
      message.ack();
    },
    nack: () => {
      held.delete(tracked);
      message.nack();
    },
  };
  held.set(tracked, subscription);
  return tracked;
}
