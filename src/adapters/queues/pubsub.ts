import type { PubSub } from '@google-cloud/pubsub';
import { ConceptError, toConceptError } from '../../core/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Diagnosis, Problem } from '../../ports/diagnosis.ts';
import type { Delivery, TaskQueue } from '../../ports/task-queue.ts';
import { connectPubsub, type PubsubConnection } from './pubsub/connect.ts';
import { deliveryOf, type HeldMessage } from './pubsub/held-message.ts';
import { createInbox } from './pubsub/inbox.ts';
import { createPublisher, type Publisher } from './pubsub/publisher.ts';
import { pubsubError } from './pubsub/pubsub-error.ts';
import { bounded, type PullOptions, streamingPull } from './pubsub/streaming-pull.ts';
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
  readonly clock: Pick<Clock, 'random'>;
}

const DEFAULTS = { concurrency: 2, taskTimeoutMs: 600_000, closeMs: 8_000 } as const;
/** A message must stay ours until the outcome of its task is recorded. */
const EXTENSION_SLACK_MS = 60_000;
const CHECK_MS = 5_000;

/** Google Pub/Sub. The client connects with the first call. @throws (each call) ConceptError QUEUE_UNAVAILABLE, NOT_ALLOWED */
export function pubsubQueue(options: PubsubQueueOptions): TaskQueue {
  let connected: Promise<{ readonly client: PubSub; readonly publisher: Publisher }> | undefined;
  let isClosed = false;
  const closing = new Set<Promise<void>>();
  const connect = () => {
    if (isClosed) throw new ConceptError('INVALID_INPUT', 'this queue is closed', { hint: 'open it again' });
    connected ??= connectPubsub(options).then((client) => ({
      client,
      publisher: createPublisher(client, options.topic),
    }));
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
      if (signal.aborted) return;
      yield* deliveries(await connect(), options, { signal, drain, closing });
    },
    diagnose: () => diagnose(options, connect),
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      const parts = await connected?.catch(() => undefined);
      if (!parts) return;
      await Promise.all(closing);
      await bounded(parts.publisher.flush(), CHECK_MS);
      await bounded(parts.client.close(), CHECK_MS);
    },
  };
}

interface ReceiveTerms {
  readonly signal: AbortSignal;
  readonly drain: boolean;
  /** Feeds that are ending; whoever closes the queue waits for them. */
  readonly closing: Set<Promise<void>>;
}

async function* deliveries(
  { client, publisher }: { readonly client: PubSub; readonly publisher: Publisher },
  options: PubsubQueueOptions,
  { signal, drain, closing }: ReceiveTerms,
): AsyncGenerator<Delivery> {
  const pull = pullOptionsOf(options);
  await assertSubscription(client, pull.subscription);
  const inbox = createInbox();
  const end = (): void => inbox.close();
  signal.addEventListener('abort', end, { once: true });
  const feed = await (drain ? unaryPull : streamingPull)(client, pull, inbox);
  const settings = {
    forward: forwarder(options, publisher),
    keep: inbox.keep,
    onSettled: inbox.settled,
  };
  try {
    if (signal.aborted) return;
    for (let message = await inbox.next(); message; message = await inbox.next()) yield deliveryOf(message, settings);
  } finally {
    signal.removeEventListener('abort', end);
    inbox.close();
    // Not waited for: what was delivered is settled meanwhile, and would be given back where its receiver waited here.
    const closed = feed.close().finally(() => closing.delete(closed));
    closing.add(closed);
  }
}

function pullOptionsOf(options: PubsubQueueOptions): PullOptions {
  const { subscription, clock } = options;
  const { concurrency, taskTimeoutMs, closeMs } = { ...DEFAULTS, ...defined(options) };
  if (subscription === undefined) {
    throw new ConceptError('INVALID_CONFIG', 'no Pub/Sub subscription is set to receive from', {
      hint: 'set CONCEPT_PUB_SUB_SUBSCRIPTION_ID',
    });
  }
  const maxExtensionMs = taskTimeoutMs + EXTENSION_SLACK_MS;
  return { subscription, maxMessages: 2 * concurrency, maxExtensionMs, closeMs, clock };
}

function defined({ concurrency, taskTimeoutMs, closeMs }: PubsubQueueOptions): Partial<typeof DEFAULTS> {
  const given = Object.entries({ concurrency, taskTimeoutMs, closeMs }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given);
}

/** The client itself tells of a missing subscription late, and of a server that is away never. */
async function assertSubscription(client: PubSub, name: string): Promise<void> {
  try {
    await client.subscription(name).getMetadata({ timeout: CHECK_MS });
  } catch (thrown) {
    throw pubsubError(thrown, `subscription ${name}`);
  }
}

function forwarder({ deadLetterTopic, subscription }: PubsubQueueOptions, publisher: Publisher) {
  if (deadLetterTopic === undefined) return undefined;
  return async (message: HeldMessage, reason: string): Promise<void> => {
    const attributes = {
      ...message.attributes,
      reason: reason.slice(0, 500),
      original_message_id: message.id,
      subscription: subscription ?? '',
    };
    await publisher.forward(deadLetterTopic, { data: Buffer.from(message.data), attributes });
  };
}

async function diagnose(options: PubsubQueueOptions, connect: () => Promise<{ client: PubSub }>): Promise<Diagnosis> {
  const { projectId, topic, subscription = 'none', deadLetterTopic = 'none' } = options;
  const facts = { queue: 'pubsub', project: projectId, topic, subscription, deadLetterTopic };
  const problems: Problem[] = [];
  const check = async (subject: string, work: (client: PubSub) => Promise<unknown>): Promise<void> => {
    try {
      await work((await connect()).client);
    } catch (thrown) {
      const { code, message, hint } = toConceptError(pubsubError(thrown, subject));
      problems.push({ code, message, hint: hint ?? 'look at the settings with: concept config' });
    }
  };
  await check(`topic ${topic}`, (client) => client.topic(topic).getMetadata({ timeout: CHECK_MS }));
  if (options.subscription !== undefined) {
    await check(`subscription ${subscription}`, async (client) => {
      const [metadata] = await client.subscription(subscription).getMetadata({ timeout: CHECK_MS });
      if (!metadata.deadLetterPolicy?.deadLetterTopic) problems.push(noDeadLetters(subscription));
    });
  }
  if (options.deadLetterTopic !== undefined) {
    await check(`topic ${deadLetterTopic}`, (client) =>
      client.topic(deadLetterTopic).getMetadata({ timeout: CHECK_MS }),
    );
  }
  return { facts, problems };
}

function noDeadLetters(subscription: string): Problem {
  return {
    code: 'INVALID_CONFIG',
    message: `subscription ${subscription} has no dead-letter topic: a message that always fails comes for ever`,
    hint: 'set one with: concept init pubsub',
  };
}
