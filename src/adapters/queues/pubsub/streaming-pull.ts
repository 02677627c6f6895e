import type { Message, PubSub, Subscription, SubscriptionOptions } from '@google-cloud/pubsub';
import { backoffMs } from '../../../core/retry.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { HeldMessage } from './held-message.ts';
import type { Inbox } from './inbox.ts';
import { pubsubError, STATUS, statusOf } from './pubsub-error.ts';

export interface PullOptions {
  readonly subscription: string;
  /** Messages in this process at the same time. */
  readonly maxMessages: number;
  /** A message stays ours for so long at most; longer than any task may take. */
  readonly maxExtensionMs: number;
  /** How long a close waits for what is being worked on. */
  readonly closeMs: number;
  readonly clock: Pick<Clock, 'random'>;
}

/** A running source of messages. */
export interface Feed {
  /** Bounded; what is not acknowledged by then comes again to somebody. */
  close(): Promise<void>;
}

/** The client does not try these again, but they pass: a topic that is being made anew, a token that is being renewed. */
const REOPENABLE = new Set<number>([
  STATUS.unknown,
  STATUS.notFound,
  STATUS.permissionDenied,
  STATUS.failedPrecondition,
  STATUS.unauthenticated,
]);
/** Opened anew so often in a row before it is given up. */
const MAX_REOPENS = 8;
const REOPEN = { baseMs: 500, capMs: 10_000 };
/** A stream can fall silent without an error: no message for so long, and the client busy reconnecting. */
const SILENCE_MS = 120_000;
const SILENCE_RETRIES = 5;
/** The client's own close can hang for an hour where the server is gone. */
const CLOSE_SLACK_MS = 2_000;

/** Messages by streaming pull, over failures of the stream. */
export async function streamingPull(client: PubSub, options: PullOptions, inbox: Inbox): Promise<Feed> {
  const settings = await subscriberOptions(options);
  let current: Subscription | undefined;
  let reopens = 0;
  let retries = 0;
  let lastMessageAt = performance.now();
  let isClosed = false;
  let reopening: NodeJS.Timeout | undefined;

  const open = (): void => {
    const subscription = client.subscription(options.subscription, settings);
    subscription.on('message', (message) => {
      lastMessageAt = performance.now();
      reopens = 0;
      retries = 0;
      inbox.push(heldMessageOf(message));
    });
    subscription.on('debug', () => (retries += 1));
    subscription.on('error', (thrown) => onError(subscription, thrown));
    current = subscription;
  };

  const onError = (subscription: Subscription, thrown: unknown): void => {
    if (isClosed || subscription !== current) return;
    const mayPass = REOPENABLE.has(statusOf(thrown) ?? -1);
    if (!mayPass || reopens >= MAX_REOPENS) {
      return inbox.fail(pubsubError(thrown, `subscription ${options.subscription}`));
    }
    reopens += 1;
    reopen(subscription, backoffMs(reopens, options.clock.random(), REOPEN));
  };

  const reopen = (subscription: Subscription, afterMs: number): void => {
    current = undefined;
    void subscription.close().catch(() => undefined);
    reopening = setTimeout(() => !isClosed && open(), afterMs);
  };

  const watchdog = setInterval(() => {
    const isSilent = performance.now() - lastMessageAt > SILENCE_MS && retries >= SILENCE_RETRIES;
    if (!isSilent || !current) return;
    retries = 0;
    lastMessageAt = performance.now();
    reopen(current, 0);
  }, SILENCE_MS / 4);
  watchdog.unref();

  open();
  return {
    close: async () => {
      isClosed = true;
      clearInterval(watchdog);
      clearTimeout(reopening);
      if (current) await bounded(current.close(), options.closeMs + CLOSE_SLACK_MS);
    },
  };
}

async function subscriberOptions({ maxMessages, maxExtensionMs, closeMs }: PullOptions): Promise<SubscriptionOptions> {
  const { Duration, SubscriptionCloseBehaviors } = await import('@google-cloud/pubsub');
  return {
    flowControl: { maxMessages, allowExcessMessages: true },
    // Its limits are sent per stream.
    streamingOptions: { maxStreams: 1 },
    batching: { maxMilliseconds: 10 },
    maxExtensionTime: Duration.from({ milliseconds: maxExtensionMs }),
    closeOptions: {
      // By default it would give back what is being worked on, which somebody else then does again.
      behavior: SubscriptionCloseBehaviors.WaitForProcessing,
      timeout: Duration.from({ milliseconds: closeMs }),
    },
  };
}

function heldMessageOf(message: Message): HeldMessage {
  return {
    id: message.id,
    data: message.data,
    attributes: message.attributes,
    orderingKey: message.orderingKey || undefined,
    publishedAt: message.publishTime?.toISOString() ?? null,
    ack: () => message.ack(),
    nack: () => message.nack(),
  };
}

/** Resolves when the work is done or the time is over; what fails by then is nobody's concern any more. */
export async function bounded(work: Promise<unknown>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, limitMs)));
  await Promise.race([
    work.then(
      () => undefined,
      () => undefined,
    ),
    over,
  ]);
  clearTimeout(timer);
}
