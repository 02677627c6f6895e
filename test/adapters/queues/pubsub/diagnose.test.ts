import { describe, expect, it } from 'vitest';
import { useEmulator } from '../../../support/emulated-project.ts';
import { NAMES, openPubsubProject } from '../../../support/pubsub.ts';
import { skipsEmulator, startPubsubEmulator } from '../../../support/pubsub-emulator.ts';

describe.skipIf(skipsEmulator())('what Pub/Sub tells doctor', () => {
  const { project } = useEmulator();

  it('is where everything is, and no problem', async () => {
    const { projectId, queue } = await project();
    expect(await queue().diagnose()).toEqual({
      facts: { queue: 'pubsub', project: projectId, ...NAMES },
      problems: [],
    });
  });

  it('is each part that is missing', async () => {
    const { queue } = await project();
    const elsewhere = { topic: 'no-topic', subscription: 'no-sub', deadLetterTopic: 'no-dead' };
    const { problems } = await queue(elsewhere).diagnose();
    expect(problems.map(({ code, message, hint }) => [code, message, hint])).toEqual(
      ['topic no-topic', 'subscription no-sub', 'topic no-dead'].map((part) => [
        'QUEUE_UNAVAILABLE',
        `there is no ${part}`,
        'create it with: concept init pubsub',
      ]),
    );
  });

  it('is a subscription that does not fit', async () => {
    const { projectId, queue, client } = await project();
    const [other] = await client.createTopic('other');
    await other.createSubscription('pushing', { pushConfig: { pushEndpoint: 'https://worker.example/push' } });
    const { problems } = await queue({ subscription: 'pushing' }).diagnose();
    expect(problems.map(({ message }) => message)).toEqual([
      `subscription pushing belongs to projects/${projectId}/topics/other, not to the topic that tasks are published to`,
      'subscription pushing pushes to https://worker.example/push: a worker that pulls gets nothing',
      'subscription pushing has no dead-letter topic: a message that always fails comes for ever',
    ]);
  });

  it('is a server that is away, within seconds', async () => {
    const emulator = await startPubsubEmulator();
    const { queue, close } = await openPubsubProject(emulator);
    await emulator.stop();
    const startedAt = performance.now();
    const { problems } = await queue().diagnose();
    expect(problems.map(({ code }) => code)).toEqual(Array.from({ length: 3 }, () => 'QUEUE_UNAVAILABLE'));
    expect(performance.now() - startedAt).toBeLessThan(12_000);
    await close();
  });
});
