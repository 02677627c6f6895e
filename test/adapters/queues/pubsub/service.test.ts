import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildSync } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectPubsub } from '../../../../src/adapters/queues/pubsub/connect.ts';
import { initPubsub } from '../../../../src/adapters/queues/pubsub/plan.ts';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import { toWireMessage } from '../../../../src/core/wire-message.ts';
import type { Delivery, TaskMessage, TaskQueue } from '../../../../src/ports/task-queue.ts';
import { newTask } from '../../../contracts/fixtures.ts';
import { NAMES, openPubsubProject, type PubsubProject } from '../../../support/pubsub.ts';
import { type PubsubEmulator, skipsEmulator, startPubsubEmulator } from '../../../support/pubsub-emulator.ts';

function messages(count: number): TaskMessage[] {
  return Array.from({ length: count }, () => {
    const { id, userId, type, input } = newTask(systemClock);
    return { taskId: id, userId, type, input };
  });
}

/** Receives in the background; each delivery goes to `onDelivery`. */
function receiving(queue: TaskQueue, onDelivery: (delivery: Delivery) => Promise<void> | void, drain = false) {
  const stop = new AbortController();
  const ended = (async () => {
    for await (const delivery of queue.receive({ signal: stop.signal, drain })) await onDelivery(delivery);
  })();
  ended.catch(() => undefined);
  return { stop: () => stop.abort(), ended };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

describe.skipIf(skipsEmulator())('Pub/Sub on the emulator', () => {
  let emulator: PubsubEmulator;
  let project: PubsubProject;
  beforeAll(async () => {
    emulator = await startPubsubEmulator();
  });
  afterAll(() => emulator.stop());
  beforeEach(async () => {
    project = await openPubsubProject(emulator);
  });
  afterEach(() => project.close());

  it('publishes thousands in one call, and delivers each', async () => {
    const queue = project.queue({ concurrency: 50 });
    const published = messages(2_000);
    await queue.publish(published);
    const seen = new Set<string>();
    const { stop, ended } = receiving(queue, async (delivery) => {
      await delivery.acknowledge();
      seen.add(delivery.taskId!);
    });
    await until(() => seen.size === published.length);
    stop();
    await ended;
    expect(seen).toEqual(new Set(published.map(({ taskId }) => taskId)));
  });

  it.each([false, true])('hands over what was published, checked, and when (drain: %s)', async (drain) => {
    const queue = project.queue();
    const [message] = messages(1) as [TaskMessage];
    await queue.publish([message]);
    let delivery: Delivery | undefined;
    const { stop, ended } = receiving(queue, (next) => void (delivery = next), drain);
    await until(() => delivery !== undefined);
    expect(delivery).toMatchObject({ taskId: message.taskId, message, problem: null });
    expect(Math.abs(Date.parse(delivery!.publishedAt!) - Date.now())).toBeLessThan(10_000);
    await delivery!.acknowledge();
    stop();
    await ended;
  });

  it('keeps what is given back without counting it as a failed delivery', async () => {
    const queue = project.queue();
    await queue.publish(messages(1));
    let count = 0;
    const { stop, ended } = receiving(queue, async (delivery) => {
      count += 1;
      await (count < 8 ? delivery.giveBack(20) : delivery.acknowledge());
    });
    await until(() => count === 8);
    stop();
    await ended;
    await queue.close();
    // Ten failures would have sent it to the dead letters.
    expect(await pulled(project, `${NAMES.deadLetterTopic}-sub`)).toEqual([]);
    expect(await pulled(project, NAMES.subscription)).toEqual([]);
  });

  it('puts apart what nobody can use, with the reason', async () => {
    const queue = project.queue();
    await project.client
      .topic(NAMES.topic)
      .publishMessage({ data: Buffer.from('no task at all'), attributes: { from: 'x' } });
    let rejected = false;
    const { stop, ended } = receiving(queue, async (delivery) => {
      expect(delivery).toMatchObject({ taskId: null, message: null, problem: 'data: not a JSON object' });
      await delivery.reject('names no task');
      rejected = true;
    });
    await until(() => rejected);
    stop();
    await ended;
    const dead = await eventuallyPulled(project, `${NAMES.deadLetterTopic}-sub`);
    expect(dead.data).toBe('no task at all');
    expect(dead.attributes).toMatchObject({ from: 'x', reason: 'names no task', subscription: NAMES.subscription });
    expect(dead.attributes['original_message_id']).toMatch(/^\d+$/);
  });

  it('lets a message that is always given back by nack come to the dead letters', { timeout: 60_000 }, async () => {
    await project.client.subscription(NAMES.subscription).setMetadata({
      retryPolicy: { minimumBackoff: { seconds: 0 }, maximumBackoff: { seconds: 1 } },
      deadLetterPolicy: {
        deadLetterTopic: `projects/${project.projectId}/topics/${NAMES.deadLetterTopic}`,
        maxDeliveryAttempts: 5,
      },
    });
    const queue = project.queue({ deadLetterTopic: undefined });
    await queue.publish(messages(1));
    const { stop, ended } = receiving(queue, (delivery) => delivery.reject('no place of our own'));
    const dead = await eventuallyPulled(project, `${NAMES.deadLetterTopic}-sub`);
    stop();
    await ended;
    expect(Object.keys(dead.attributes)).toContain('CloudPubSubDeadLetterSourceSubscription');
  });

  it('has one message of an ordering key worked on at a time, in their order', async () => {
    await project.client.topic(NAMES.topic).createSubscription('ordered', { enableMessageOrdering: true });
    const topic = project.client.topic(NAMES.topic, { messageOrdering: true });
    const published = messages(6);
    for (const message of published) {
      const { data, attributes } = toWireMessage(message);
      await topic.publishMessage({ data, attributes: { ...attributes }, orderingKey: 'u1' });
    }
    const queue = project.queue({ subscription: 'ordered', concurrency: 6 });
    const order: string[] = [];
    let atOnce = 0;
    let most = 0;
    const { stop, ended } = receiving(queue, (delivery) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      // Not awaited: the receiver asks for the next one while this is worked on.
      void sleep(30).then(async () => {
        atOnce -= 1;
        order.push(delivery.taskId!);
        await delivery.acknowledge();
      });
    });
    await until(() => order.length === published.length);
    stop();
    await ended;
    expect(most).toBe(1);
    expect(order).toEqual(published.map(({ taskId }) => taskId));
  });

  it('loses and doubles nothing when it is closed with messages in hand', async () => {
    const published = messages(12);
    const first = project.queue({ concurrency: 4 });
    await first.publish(published);
    const done: string[] = [];
    const work: Promise<void>[] = [];
    const handle = (delivery: Delivery): void => {
      work.push(
        sleep(200).then(async () => {
          done.push(delivery.taskId!);
          await delivery.acknowledge();
        }),
      );
    };
    const one = receiving(first, handle);
    await until(() => work.length >= 4);
    one.stop();
    await one.ended;
    await Promise.all(work);
    await first.close();
    const two = receiving(project.queue({ concurrency: 4 }), handle);
    await until(() => new Set(done).size === published.length);
    await sleep(500);
    two.stop();
    await two.ended;
    expect(done.toSorted()).toEqual(published.map(({ taskId }) => taskId).toSorted());
  });

  it('names a subscription that is missing, and what to do', async () => {
    const queue = project.queue({ subscription: 'no-such-subscription' });
    const missing = {
      code: 'QUEUE_UNAVAILABLE',
      retryable: false,
      hint: expect.stringContaining('concept init pubsub'),
    };
    await expect(receiving(queue, () => undefined).ended).rejects.toMatchObject(missing);
    await expect(project.queue({ topic: 'no-such-topic' }).publish(messages(1))).rejects.toMatchObject(missing);
  });

  it('refuses what is too large before it sends anything', async () => {
    const [message] = messages(1) as [TaskMessage];
    const large = { ...message, input: { ...(message.input as object), logoDescription: 'x'.repeat(10_000_001) } };
    await expect(project.queue().publish([large])).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('creates what is missing, keeps what is right and mends what differs', async () => {
    const connection = { projectId: `${project.projectId}-b`, emulatorHost: emulator.host };
    const client = await connectPubsub(connection);
    const names = { ...connection, ...NAMES };
    const actions = async (dryRun: boolean) =>
      (await initPubsub(client, names, { dryRun })).map(({ action, kind }) => `${action} ${kind}`);
    const planned = await actions(true);
    expect(planned.slice(0, 4)).toEqual(['create topic', 'create topic', 'create subscription', 'create subscription']);
    expect(await actions(true)).toEqual(planned);
    expect((await actions(false)).slice(0, 4)).toEqual(planned.slice(0, 4));
    expect((await actions(false)).slice(0, 4)).toEqual([
      'keep topic',
      'keep topic',
      'keep subscription',
      'keep subscription',
    ]);
    const [metadata] = await client.subscription(NAMES.subscription).getMetadata();
    expect(metadata).toMatchObject({
      ackDeadlineSeconds: 60,
      deadLetterPolicy: { maxDeliveryAttempts: 10 },
      retryPolicy: { minimumBackoff: { seconds: '10' }, maximumBackoff: { seconds: '600' } },
    });
    await client.subscription(NAMES.subscription).setMetadata({ ackDeadlineSeconds: 20 });
    expect((await actions(false))[3]).toBe('update subscription');
    expect((await client.subscription(NAMES.subscription).getMetadata())[0].ackDeadlineSeconds).toBe(60);
    await client.close();
  });
});

describe.skipIf(skipsEmulator())('Pub/Sub that goes down', () => {
  let emulator: PubsubEmulator;
  let project: PubsubProject;
  beforeEach(async () => {
    emulator = await startPubsubEmulator();
    project = await openPubsubProject(emulator);
  });
  afterEach(async () => {
    await project.close();
    await emulator.stop();
  });

  it('is received from again when it is back', { timeout: 60_000 }, async () => {
    const queue = project.queue();
    const seen: string[] = [];
    const { stop, ended } = receiving(queue, async (delivery) => {
      seen.push(delivery.taskId!);
      await delivery.acknowledge();
    });
    const [before, after] = messages(2) as [TaskMessage, TaskMessage];
    await queue.publish([before]);
    await until(() => seen.length === 1);
    await emulator.restart();
    await project.init();
    await queue.publish([after]);
    await until(() => seen.includes(after.taskId));
    stop();
    await ended;
    expect(seen).toEqual([before.taskId, after.taskId]);
  });

  it('is an error within seconds for whoever publishes or begins to receive', { timeout: 60_000 }, async () => {
    const queue = project.queue();
    await emulator.kill();
    const begun = performance.now();
    const away = { code: 'QUEUE_UNAVAILABLE', retryable: true };
    await expect(queue.publish(messages(1))).rejects.toMatchObject(away);
    await expect(receiving(queue, () => undefined).ended).rejects.toMatchObject(away);
    expect(performance.now() - begun).toBeLessThan(25_000);
    await emulator.start();
  });

  it('does not hold up a close when it has frozen', { timeout: 60_000 }, async () => {
    const queue = project.queue();
    await queue.publish(messages(1));
    let delivery: Delivery | undefined;
    const { stop, ended } = receiving(queue, (next) => void (delivery = next));
    await until(() => delivery !== undefined);
    emulator.signal('SIGSTOP');
    const begun = performance.now();
    stop();
    await ended;
    await queue.close();
    expect(performance.now() - begun).toBeLessThan(20_000);
    emulator.signal('SIGCONT');
  });
});

describe('Pub/Sub without credentials', () => {
  it('is a typed error at once, and no unhandled rejection', () => {
    const folder = mkdtempSync(join(process.cwd(), 'node_modules', '.concept-test-'));
    try {
      const program = join(folder, 'program.mjs');
      buildSync({ stdin: { contents: PROGRAM, resolveDir: process.cwd() }, outfile: program, ...BUNDLED });
      const { stdout, status } = spawnSync(process.execPath, [program], {
        encoding: 'utf8',
        timeout: 20_000,
        env: { PATH: process.env['PATH'], HOME: folder, METADATA_SERVER_DETECTION: 'none' },
      });
      expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^NOT_ALLOWED run gcloud auth/) });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

const BUNDLED = { bundle: true, format: 'esm', platform: 'node', packages: 'external' } as const;
const PROGRAM = `
  import { connectPubsub } from './src/adapters/queues/pubsub/connect.ts';
  try {
    await connectPubsub({ projectId: 'project-1' });
    console.log('connected');
  } catch (error) {
    console.log(error.code, error.hint);
  }
  await new Promise((resolve) => setTimeout(resolve, 500));`;

/** The service forwards a message when it would deliver it once more. */
async function eventuallyPulled(project: PubsubProject, subscription: string) {
  for (;;) {
    const [message] = await pulled(project, subscription);
    if (message) return message;
  }
}

async function pulled(project: PubsubProject, subscription: string) {
  const { v1 } = await import('@google-cloud/pubsub');
  const subscriber = new v1.SubscriberClient((await project.client.getClientConfig()) as never);
  const name = subscriber.subscriptionPath(project.projectId, subscription);
  const [{ receivedMessages = [] }] = await subscriber
    .pull({ subscription: name, maxMessages: 10 }, { timeout: 1_500 })
    .catch(() => [{}] as never);
  await subscriber.close();
  return (receivedMessages ?? []).map(({ message }) => ({
    data: Buffer.from(message?.data as Uint8Array).toString(),
    attributes: (message?.attributes ?? {}) as Record<string, string>,
  }));
}
