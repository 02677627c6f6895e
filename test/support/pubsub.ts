import { randomUUID } from 'node:crypto';
import { type PubSub, type Topic, v1 } from '@google-cloud/pubsub';
import { pubsubQueue, type PubsubQueueOptions } from '../../src/adapters/queues/pubsub.ts';
import { connectPubsub } from '../../src/adapters/queues/pubsub/connect.ts';
import { initPubsub } from '../../src/adapters/queues/pubsub/plan.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { delay } from '../../src/core/abort.ts';
import type { TaskQueue } from '../../src/ports/task-queue.ts';
import type { PubsubEmulator } from './pubsub-emulator.ts';

export const NAMES = {
  topic: 'concept-tasks',
  subscription: 'concept-tasks-sub',
  deadLetterTopic: 'concept-dead',
} as const;

export interface RawMessage {
  readonly data: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly deliveryAttempt: number;
}

/** A project of its own on an emulator, with the topics and subscriptions of a deployment. */
export interface PubsubProject {
  readonly projectId: string;
  readonly client: PubSub;
  queue(options?: Partial<PubsubQueueOptions>): TaskQueue;
  /** Messages as they are, acknowledged; waits for so many, default at most 15 s. */
  takeRaw(subscription: string, count: number, limitMs?: number): Promise<readonly RawMessage[]>;
  /** Publishes as any other publisher would. */
  publishRaw(message: {
    readonly data: string | object;
    readonly attributes?: Record<string, string>;
    readonly orderingKey?: string;
  }): Promise<void>;
  /** Makes topics and subscriptions, as after a restart of the emulator. */
  init(): Promise<void>;
  close(): Promise<void>;
}

export async function openPubsubProject(emulator: PubsubEmulator): Promise<PubsubProject> {
  const projectId = `project-${randomUUID().slice(0, 8)}`;
  const connection = { projectId, emulatorHost: emulator.host };
  const client = await connectPubsub(connection);
  const queues: TaskQueue[] = [];
  const subscriber = new v1.SubscriberClient((await client.getClientConfig()) as never);
  const topics = new Map<string, Topic>();
  const init = async (): Promise<void> => {
    await initPubsub(client, { ...connection, ...NAMES }, { dryRun: false });
  };
  await init();
  return {
    projectId,
    client,
    init,
    takeRaw: (name, count, limitMs = 15_000) =>
      takeRaw(subscriber, subscriber.subscriptionPath(projectId, name), count, limitMs),
    publishRaw: async ({ data, ...rest }) => {
      const topic = topics.get(NAMES.topic) ?? client.topic(NAMES.topic, { messageOrdering: true });
      topics.set(NAMES.topic, topic);
      await topic.publishMessage({
        data: Buffer.from(typeof data === 'string' ? data : JSON.stringify(data)),
        ...rest,
      });
    },
    queue: (options = {}) => {
      const queue = pubsubQueue({ ...connection, ...NAMES, clock: systemClock, closeMs: 1_500, ...options });
      queues.push(queue);
      return queue;
    },
    close: async () => {
      await Promise.all(queues.map((queue) => queue.close()));
      await subscriber.close();
      await client.close();
    },
  };
}

async function takeRaw(
  subscriber: v1.SubscriberClient,
  subscription: string,
  count: number,
  limitMs: number,
): Promise<RawMessage[]> {
  const taken: RawMessage[] = [];
  const latest = performance.now() + limitMs;
  while (taken.length < count && performance.now() < latest) {
    // At once, also with nothing there: an emulator would wait for seconds.
    const [{ receivedMessages }] = await subscriber.pull({ subscription, maxMessages: 1_000, returnImmediately: true });
    const ackIds = (receivedMessages ?? []).map(({ ackId }) => ackId!);
    if (ackIds.length > 0) await subscriber.acknowledge({ subscription, ackIds });
    for (const { message, deliveryAttempt } of receivedMessages ?? []) {
      const data = Buffer.from((message?.data ?? '') as Uint8Array).toString();
      taken.push({ data, attributes: message?.attributes ?? {}, deliveryAttempt: deliveryAttempt ?? 0 });
    }
    if (taken.length < count) await delay(20);
  }
  return taken;
}
