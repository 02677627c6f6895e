import { afterAll, beforeAll, describe } from 'vitest';
import type { TaskQueue } from '../../../../src/ports/task-queue.ts';
import { type QueueHarness, testQueue } from '../../../contracts/queue.ts';
import { NAMES, openPubsubProject, type PubsubProject } from '../../../support/pubsub.ts';
import { type PubsubEmulator, skipsEmulator, startPubsubEmulator } from '../../../support/pubsub-emulator.ts';

describe.skipIf(skipsEmulator())('on the emulator', () => {
  let emulator: PubsubEmulator | undefined;
  beforeAll(async () => {
    emulator = await startPubsubEmulator();
  });
  afterAll(() => emulator?.stop());

  testQueue('Pub/Sub by streaming pull', async () => harnessOf(await openPubsubProject(emulator!), (queue) => queue));
  testQueue('Pub/Sub by single pulls', async () => harnessOf(await openPubsubProject(emulator!), draining));
});

function draining(queue: TaskQueue): TaskQueue {
  return { ...queue, receive: (options) => queue.receive({ ...options, drain: true }) };
}

function harnessOf(project: PubsubProject, wrap: (queue: TaskQueue) => TaskQueue): QueueHarness {
  return {
    queue: wrap(project.queue()),
    reopen: async () => wrap(project.queue()),
    rejected: async () => {
      const messages = await project.takeRaw(`${NAMES.deadLetterTopic}-sub`, 1, 1_000);
      return messages.map(({ data, attributes }) => ({
        taskId: JSON.parse(data).task_id as string,
        reason: attributes['reason'] ?? '',
      }));
    },
    cleanup: () => project.close(),
  };
}
