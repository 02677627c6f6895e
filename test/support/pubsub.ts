import { randomUUID } from 'node:crypto';
import type { PubSub } from '@google-cloud/pubsub';
import { pubsubQueue, type PubsubQueueOptions } from '../../src/adapters/queues/pubsub.ts';
import { connectPubsub } from '../../src/adapters/queues/pubsub/connect.ts';
import { initPubsub } from '../../src/adapters/queues/pubsub/plan.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import type { TaskQueue } from '../../src/ports/task-queue.ts';
import type { PubsubEmulator } from './pubsub-emulator.ts';

export const NAMES = {
  topic: 'concept-tasks',
  subscription: 'concept-tasks-sub',
  deadLetterTopic: 'concept-dead',
} as const;

/** A project of its own on an emulator, with the topics and subscriptions of a deployment. */
export interface PubsubProject {
  readonly projectId: string;
  readonly client: PubSub;
  queue(options?: Partial<PubsubQueueOptions>): TaskQueue;
  /** Makes topics and subscriptions, as after a restart of the emulator. */
  init(): Promise<void>;
  close(): Promise<void>;
}

export async function openPubsubProject(emulator: PubsubEmulator): Promise<PubsubProject> {
  const projectId = `project-${randomUUID().slice(0, 8)}`;
  const connection = { projectId, emulatorHost: emulator.host };
  const client = await connectPubsub(connection);
  const queues: TaskQueue[] = [];
  const init = async (): Promise<void> => {
    await initPubsub(client, { ...connection, ...NAMES }, { dryRun: false });
  };
  await init();
  return {
    projectId,
    client,
    init,
    queue: (options = {}) => {
      const queue = pubsubQueue({ ...connection, ...NAMES, clock: systemClock, closeMs: 1_500, ...options });
      queues.push(queue);
      return queue;
    },
    close: async () => {
      await Promise.all(queues.map((queue) => queue.close()));
      await client.close();
    },
  };
}
