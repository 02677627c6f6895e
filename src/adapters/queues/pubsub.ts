import type { PubSub } from '@google-cloud/pubsub';
import { orAborted } from '../../core/abort.ts';
import { ConceptError } from '../../core/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Delivery, TaskQueue } from '../../ports/task-queue.ts';
import { bounded } from './pubsub/bounded.ts';
import { connectPubsub, type PubsubConnection } from './pubsub/connect.ts';
import { deadLetterOf } from './pubsub/dead-letter.ts';
import { diagnosePubsub } from './pubsub/diagnose.ts';
import type { PullOptions } from './pubsub/feed.ts';
import { deliveryOf, type HeldMessage } from './pubsub/held-message.ts';
import { createInbox } from './pubsub/inbox.ts';
import { createPublisher, type Publisher } from './pubsub/publisher.ts';
import { pubsubError } from './pubsub/pubsub-error.ts';
import { streamingPull } from './pubsub/streaming-pull.ts';
import { unaryPull } from './pubsub/unary-pull.ts';

export interface PubsubQueueOptions extends PubsubConnection {
  readonly topic: string;
  /** Needed to receive. */
  readonly subscription?: string | undefined;
  /** Where messages go that no task can be found for. */
  readonly deadLetterTopic?: string | undefined;
  /** Tasks that a receiver works on at the same time, default 2: twice as many messages are held. */
  readonly concurrency?: number | undefined;
  /** How long a task may take, default 600,000 ms. */
  readonly taskTimeoutMs?: number | undefined;
  /** How long a close waits for what is being worked on, default 8,000 ms. */
  readonly closeMs?: number | undefined;
  /** A stream that reconnects over and over for so long without a message is opened anew, default 120,000 ms. */
  readonly silenceMs?: number | undefined;
  readonly clock: Pick<Clock, 'random'>;
}

/** A message must stay ours until the outcome of its task is recorded. */
const EXTENSION_SLACK_MS = 60_000;
const CHECK_MS = 5_000;

interface Connected {
  readonly client: PubSub;
  readonly publisher: Publisher;
}

/** Google Pub/Sub. The client connects with the first call. @throws (each call) ConceptError QUEUE_UNAVAILABLE, NOT_ALLOWED */
export function pubsubQueue(options: PubsubQueueOptions): TaskQueue {
  let connected: Promise<Connected> | undefined;
  const closed = new AbortController();
  const closing = new Set<Promise<void>>();
  const connect = async (): Promise<Connected> => {
    if (closed.signal.aborted)
      throw new ConceptError('INVALID_INPUT', 'this queue is closed', { hint: 'open it again' });
    connected ??= open(options);
    // A later call may find the credentials that are missing now.
    connected.catch(() => (connected = undefined));
    return connected;
  };

  return {
    name: 'pubsub',
    flags: { delivers: 'ids', relayed: true },
    publish: async (messages, call) => {
      if (messages.length === 0) return;
      await (await connect()).publisher.publish(messages, call?.signal);
    },
    receive: async function* ({ signal, drain = false }) {
      const stop = AbortSignal.any([signal, closed.signal]);
      const parts = await untilStopped(stop, () => startReceiving(options, connect));
      if (parts) yield* deliveries(parts, options, { signal: stop, drain, closing });
    },
    diagnose: () => diagnosePubsub(options, async () => (await connect()).client),
    close: async () => {
      if (closed.signal.aborted) return;
      closed.abort();
      const parts = await connected?.catch(() => undefined);
      if (!parts) return;
      await Promise.all(closing);
      await bounded(parts.publisher.flush(), CHECK_MS);
      await bounded(parts.client.close(), CHECK_MS);
    },
  };
}

async function open(options: PubsubQueueOptions): Promise<Connected> {
  const client = await connectPubsub(options);
  return { client, publisher: createPublisher(client, options.topic) };
}

/** The client itself tells of a missing subscription late, and of a server that is away never. */
async function startReceiving(options: PubsubQueueOptions, connect: () => Promise<Connected>): Promise<Connected> {
  const { subscription } = pullOptionsOf(options);
  const parts = await connect();
  try {
    await parts.client.subscription(subscription).getMetadata({ timeout: CHECK_MS });
  } catch (thrown) {
    throw pubsubError(thrown, `subscription ${subscription}`);
  }
  return parts;
}

/** Undefined when the signal came first. */
async function untilStopped<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
  if (signal.aborted) return undefined;
  try {
    return await orAborted(work(), signal);
  } catch (thrown) {
    if (signal.aborted) return undefined;
    throw thrown;
  }
}

interface ReceiveTerms {
  readonly signal: AbortSignal;
  readonly drain: boolean;
  /** Feeds that are ending; whoever closes the queue waits for them. */
  readonly closing: Set<Promise<void>>;
}

async function* deliveries(
  { client, publisher }: Connected,
  options: PubsubQueueOptions,
  { signal, drain, closing }: ReceiveTerms,
): AsyncGenerator<Delivery> {
  const pull = pullOptionsOf(options);
  const inbox = createInbox();
  const feed = await (drain ? unaryPull : streamingPull)(client, pull, inbox);
  let isEnding = false;
  // At once with the signal: a receiver that does not ask for more would hold the feed open.
  const end = (): void => {
    if (isEnding) return;
    isEnding = true;
    inbox.close();
    // Not waited for here: what was delivered is settled meanwhile, and would be given back where its receiver waited.
    const closed = feed.close().finally(() => closing.delete(closed));
    closing.add(closed);
  };
  signal.addEventListener('abort', end, { once: true });
  const settings = { forward: forwarder(options, publisher), keep: inbox.keep, onSettled: inbox.settled };
  try {
    if (signal.aborted) return;
    for (let message = await inbox.next(); message; message = await inbox.next()) yield deliveryOf(message, settings);
  } finally {
    signal.removeEventListener('abort', end);
    end();
  }
}

function pullOptionsOf(options: PubsubQueueOptions): PullOptions {
  const { subscription, clock } = options;
  const { concurrency = 2, taskTimeoutMs = 600_000, closeMs = 8_000, silenceMs = 120_000 } = options;
  if (subscription === undefined) {
    throw new ConceptError('INVALID_CONFIG', 'no Pub/Sub subscription is set to receive from', {
      hint: 'set CONCEPT_PUB_SUB_SUBSCRIPTION_ID',
    });
  }
  const maxExtensionMs = taskTimeoutMs + EXTENSION_SLACK_MS;
  return { subscription, maxMessages: 2 * concurrency, maxExtensionMs, closeMs, silenceMs, clock };
}

function forwarder({ deadLetterTopic, subscription = '' }: PubsubQueueOptions, publisher: Publisher) {
  if (deadLetterTopic === undefined) return undefined;
  return (message: HeldMessage, reason: string): Promise<void> =>
    publisher.forward(deadLetterTopic, deadLetterOf(message, reason, subscription));
}
