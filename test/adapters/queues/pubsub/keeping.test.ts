import { describe, expect, it } from 'vitest';
import { delay } from '../../../../src/core/abort.ts';
import { useEmulator } from '../../../support/emulated-project.ts';
import { messages, nextOf } from '../../../support/pubsub-deliveries.ts';
import { NAMES, type PubsubProject } from '../../../support/pubsub.ts';
import { skipsEmulator } from '../../../support/pubsub-emulator.ts';

const DEAD = `${NAMES.deadLetterTopic}-sub`;

describe.skipIf(skipsEmulator())('deliveries of Pub/Sub', () => {
  const { project } = useEmulator();

  it.each([
    ['streaming', false],
    ['draining', true],
  ])('may be kept more often than a message may fail, %s', async (_, drain) => {
    const { queue, takeRaw } = await project();
    const [published] = messages(1);
    await queue().publish([published!]);
    const receiver = queue();
    const stop = new AbortController();
    let kept = 0;
    for await (const delivery of receiver.receive({ signal: stop.signal, drain })) {
      expect(delivery.taskId).toBe(published!.taskId);
      if (kept++ < 25) await delivery.giveBack(10);
      else stop.abort();
    }
    await receiver.close();
    // Given back by the close: that, and not the keeping, counts.
    const [raw] = await takeRaw(NAMES.subscription, 1);
    expect(raw!.deliveryAttempt).toBeLessThanOrEqual(2);
    expect(await takeRaw(DEAD, 1, 300)).toEqual([]);
  });

  it('keeps a message for longer than the deadline of its subscription', async () => {
    const { queue, client, takeRaw } = await project();
    await client.subscription(NAMES.subscription).setMetadata({ ackDeadlineSeconds: 10 });
    await queue().publish(messages(1));
    const stop = new AbortController();
    const receiver = queue();
    let seen = 0;
    const receiving = (async () => {
      for await (const delivery of receiver.receive({ signal: stop.signal, drain: true })) {
        seen += 1;
        setTimeout(() => void delivery.acknowledge().then(() => stop.abort()), 13_000);
      }
    })();
    await receiving;
    await receiver.close();
    expect(seen).toBe(1);
    expect(await takeRaw(NAMES.subscription, 1, 500)).toEqual([]);
  });

  it('forwards a message that always fails, by the policy of the subscription', async () => {
    const opened = await project();
    await allowFailures(opened, 5);
    const [published] = messages(1);
    await opened.queue().publish([published!]);
    const receiver = opened.queue({ deadLetterTopic: undefined });
    const stop = new AbortController();
    const receiving = (async () => {
      for await (const delivery of receiver.receive({ signal: stop.signal })) await delivery.reject('fails');
    })();
    const [raw] = await opened.takeRaw(DEAD, 1, 25_000);
    stop.abort();
    await receiving;
    expect(raw!.attributes).toMatchObject({
      task_id: published!.taskId,
      CloudPubSubDeadLetterSourceSubscription: NAMES.subscription,
      CloudPubSubDeadLetterSourceDeliveryCount: '5',
    });
  }, 60_000);

  it('overlaps no two messages of an ordering key', async () => {
    const { queue, client, publishRaw } = await project();
    const subscription = 'ordered-sub';
    await client.topic(NAMES.topic).createSubscription(subscription, { enableMessageOrdering: true });
    const published = messages(8);
    for (const [index, { taskId, userId }] of published.entries()) {
      const data = { task_id: taskId, user_id: userId, logo_description: 'a', theme_description: 'b' };
      await publishRaw({ data, orderingKey: index % 2 === 0 ? 'even' : 'odd' });
    }
    const receiver = queue({ subscription, concurrency: 8 });
    const stop = new AbortController();
    const running = new Set<number>();
    const order: number[] = [];
    let most = 0;
    for await (const delivery of receiver.receive({ signal: stop.signal })) {
      const index = published.findIndex(({ taskId }) => taskId === delivery.taskId);
      expect([...running].filter((other) => other % 2 === index % 2)).toEqual([]);
      running.add(index);
      most = Math.max(most, running.size);
      setTimeout(() => {
        running.delete(index);
        order.push(index);
        void delivery.acknowledge();
        if (order.length === published.length) stop.abort();
      }, 50);
    }
    expect(order.filter((index) => index % 2 === 0)).toEqual([0, 2, 4, 6]);
    expect(order.filter((index) => index % 2 === 1)).toEqual([1, 3, 5, 7]);
    expect(most).toBe(2);
  });

  it('holds no more messages than twice what is worked on', async () => {
    const { queue, takeRaw } = await project();
    await queue().publish(messages(20));
    const receiver = queue({ concurrency: 2 });
    await nextOf(receiver, { drain: true });
    // The others are free for whoever else receives.
    const free = await takeRaw(NAMES.subscription, 16, 3_000);
    expect(free.length).toBeGreaterThanOrEqual(16);
    await receiver.close();
  });
});

describe.skipIf(skipsEmulator())('poison on Pub/Sub', () => {
  const { project } = useEmulator();
  const TASK_ID = '123e4567-e89b-12d3-a456-426614174000';

  it.each([
    ['', null, 'data: not a JSON object'],
    ['{"task_id":', null, 'data: not a JSON object'],
    [{ user_id: 'u1' }, null, 'task_id: expected a UUID'],
    [
      { task_id: TASK_ID, user_id: 'u1', task_type: 'concept_video' },
      TASK_ID,
      'task_type: unknown type "concept_video"',
    ],
  ])('is delivered with what is wrong with it: %j', async (data, taskId, problem) => {
    const { queue, publishRaw } = await project();
    // A message without data needs an attribute.
    await publishRaw({ data, attributes: { from: 'elsewhere' } });
    const delivery = await nextOf(queue());
    expect(delivery).toMatchObject({ taskId, message: null, problem });
    await delivery.acknowledge();
  });

  it('is put apart as it came, with the reason and where it came from', async () => {
    const { queue, publishRaw, takeRaw } = await project();
    const data = '{"user_id":"u1","num_palettes":"☃"}';
    await publishRaw({ data, attributes: { from: 'elsewhere' } });
    const delivery = await nextOf(queue());
    // Longer than an attribute may be, in characters of three bytes.
    await delivery.reject('☃'.repeat(1_000));
    const [raw] = await takeRaw(DEAD, 1);
    expect(raw!.data).toBe(data);
    expect(raw!.attributes).toEqual({
      from: 'elsewhere',
      reason: '☃'.repeat(166),
      original_message_id: expect.stringMatching(/^\d+$/),
      subscription: NAMES.subscription,
    });
    expect(await takeRaw(NAMES.subscription, 1, 300)).toEqual([]);
  });

  it('goes back when there is no such place, and the caller hears of it', async () => {
    const { queue, publishRaw, takeRaw } = await project();
    await publishRaw({ data: 'junk' });
    const receiver = queue({ deadLetterTopic: 'nowhere' });
    const delivery = await nextOf(receiver);
    await expect(delivery.reject('junk')).rejects.toMatchObject({ message: 'there is no topic nowhere' });
    await delay(100);
    expect(await takeRaw(NAMES.subscription, 1)).toHaveLength(1);
  });
});

async function allowFailures({ client }: PubsubProject, maxDeliveryAttempts: number): Promise<void> {
  const deadLetterTopic = `projects/${client.projectId}/topics/${NAMES.deadLetterTopic}`;
  await client.subscription(NAMES.subscription).setMetadata({
    deadLetterPolicy: { deadLetterTopic, maxDeliveryAttempts },
    retryPolicy: { minimumBackoff: { seconds: 0 }, maximumBackoff: { seconds: 1 } },
  });
}
