import { describe, expect, it } from 'vitest';
import { diagnosePubsub } from '../../../../src/adapters/queues/pubsub/diagnose.ts';
import { withRights } from '../../../doubles/pubsub-rights.ts';
import { useEmulator } from '../../../support/emulated-project.ts';
import { NAMES, openPubsubProject } from '../../../support/pubsub.ts';
import { skipsEmulator, startPubsubEmulator } from '../../../support/pubsub-emulator.ts';

describe.skipIf(skipsEmulator())('what Pub/Sub tells doctor', () => {
  const { project } = useEmulator();

  it('is where everything is, and no problem', async () => {
    const { projectId, queue } = await project();
    expect(await queue().diagnose()).toEqual({
      facts: {
        queue: 'pubsub',
        project: projectId,
        ...NAMES,
        rights: 'not checked here: there is no IAM',
        settings: 'as concept init pubsub makes them',
        ordering: 'none',
      },
      problems: [],
    });
  });

  it('is not that a process only publishes', async () => {
    const { queue } = await project();
    const { facts, problems } = await queue({ subscription: undefined }).diagnose();
    expect([problems, facts['subscription']]).toEqual([[], 'none: this process publishes, and cannot work']);
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
    await other.createSubscription('pushing', {
      pushConfig: { pushEndpoint: 'https://worker.example/push' },
      expirationPolicy: { ttl: { seconds: 31 * 86_400 } },
    });
    const { problems } = await queue({ subscription: 'pushing' }).diagnose();
    expect(problems.map(({ message }) => message)).toEqual([
      `subscription pushing belongs to projects/${projectId}/topics/other, not to the topic that tasks are published to`,
      'subscription pushing pushes to https://worker.example/push: a worker that pulls gets nothing',
      'subscription pushing has no dead-letter topic: a message that always fails comes for ever',
      expect.stringMatching(
        /^subscription pushing has to be mended, expirationPolicy 2678400s -> never: it is deleted/,
      ),
      expect.stringMatching(
        /^subscription pushing has to be mended, retryPolicy unset -> 10s\/600s: a message that failed/,
      ),
    ]);
  });

  it('is which settings a deployment chose for itself, and no problem', async () => {
    const { queue, client } = await project();
    await client.subscription(NAMES.subscription).setMetadata({ ackDeadlineSeconds: 20 });
    const { facts, problems } = await queue().diagnose();
    expect([facts['settings'], problems]).toEqual(['own: ackDeadlineSeconds 20 -> 60', []]);
  });

  it('is dead letters that go elsewhere, or nowhere', async () => {
    const { projectId, queue, client } = await project();
    await client.createTopic('unheard');
    const { problems } = await queue({ deadLetterTopic: 'unheard' }).diagnose();
    const paths = ['concept-dead', 'unheard'].map((name) => `projects/${projectId}/topics/${name}`);
    expect(problems.map(({ message }) => message)).toEqual([
      `subscription ${NAMES.subscription} has to be mended, deadLetterPolicy ${paths[0]}/10 -> ${paths[1]}/10: dead letters go where nobody looks for them`,
      'topic unheard has no subscription: dead letters that are sent to it are lost',
    ]);
    for (const { hint } of problems) expect(hint).toContain('concept init pubsub');
  });

  it('is the rights that an account lacks', async () => {
    const { projectId, client } = await project();
    const found = async (...rights: readonly string[]) => {
      const { facts, problems } = await diagnosePubsub({ projectId, ...NAMES }, async () =>
        withRights(client, ...rights),
      );
      return [facts['rights'], ...problems.map(({ code, message, hint }) => `${code}: ${message}; ${hint}`)];
    };
    const [publish, pull] = ['pubsub.topics.publish', 'pubsub.subscriptions.consume'];
    const [seeTopics, seeSubscription] = ['pubsub.topics.get', 'pubsub.subscriptions.get'];
    const none = (what: string, role: string): string =>
      `NOT_ALLOWED: this account may not ${what}; grant the account of this process roles/pubsub.${role} on it`;
    const noPublish = ['concept-tasks', 'concept-dead'].map((name) => none(`publish to topic ${name}`, 'publisher'));
    const noPull = none(`pull from subscription ${NAMES.subscription}`, 'subscriber');
    const noLook = none(`look at subscription ${NAMES.subscription}`, 'viewer');

    expect(await found(publish!, pull!, seeTopics!, seeSubscription!)).toEqual(['checked']);
    expect(await found(publish!, pull!, seeSubscription!)).toEqual(['checked']);
    expect(await found(publish!, pull!)).toEqual(['checked', noLook]);
    expect(await found(seeTopics!, seeSubscription!)).toEqual(['checked', noPublish[0], noPull, noPublish[1]]);
    expect(await found()).toEqual(['checked', noPublish[0], noPull, noLook, noPublish[1]]);
  });

  it('is a topic that is missing, of which nothing is granted', async () => {
    const { projectId, client } = await project();
    const names = { projectId, topic: 'no-topic' };
    const { problems } = await diagnosePubsub(names, async () => withRights(client, 'pubsub.topics.get'));
    expect(problems.map(({ message }) => message)).toEqual(['there is no topic no-topic']);
  });

  it('is a server that is away, within seconds', async () => {
    const emulator = await startPubsubEmulator();
    const { queue, close } = await openPubsubProject(emulator);
    await emulator.stop();
    const startedAt = performance.now();
    const { problems } = await queue().diagnose();
    // Once, not for each part.
    expect(problems).toEqual([
      { code: 'QUEUE_UNAVAILABLE', message: expect.stringContaining('ECONNREFUSED'), hint: expect.any(String) },
    ]);
    expect(performance.now() - startedAt).toBeLessThan(12_000);
    await close();
  });
});
