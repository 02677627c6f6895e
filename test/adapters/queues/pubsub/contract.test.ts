import { afterAll, beforeAll, describe } from 'vitest';
import { testQueue } from '../../../contracts/queue.ts';
import { openPubsubProject } from '../../../support/pubsub.ts';
import { type PubsubEmulator, skipsEmulator, startPubsubEmulator } from '../../../support/pubsub-emulator.ts';

describe.skipIf(skipsEmulator())('on the emulator', () => {
  let emulator: PubsubEmulator;
  beforeAll(async () => {
    emulator = await startPubsubEmulator();
  });
  afterAll(() => emulator.stop());

  testQueue('Pub/Sub', async () => {
    const project = await openPubsubProject(emulator);
    return { queue: project.queue(), reopen: async () => project.queue(), cleanup: () => project.close() };
  });
});
