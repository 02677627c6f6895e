import { createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { pubsubQueue } from '../../../../src/adapters/queues/pubsub.ts';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import { parseTaskInput } from '../../../../src/core/task-input.ts';
import type { TaskMessage } from '../../../../src/ports/task-queue.ts';
import { newTask } from '../../../contracts/fixtures.ts';
import { useEmulator } from '../../../support/emulated-project.ts';
import { NAMES } from '../../../support/pubsub.ts';
import { skipsEmulator } from '../../../support/pubsub-emulator.ts';
import { sparePort } from '../../../support/spare-port.ts';

describe.skipIf(skipsEmulator())('publishing to Pub/Sub', () => {
  const { project } = useEmulator();

  it('says what deployed workers read', async () => {
    const { queue, takeRaw } = await project();
    const published = message();
    await queue().publish([published]);
    const [raw] = await takeRaw(NAMES.subscription, 1);
    expect(JSON.parse(raw!.data)).toEqual({
      task_id: published.taskId,
      user_id: 'u1',
      task_type: 'concept_generation',
      logo_description: 'A cute panda eating bamboo',
      theme_description: 'Minimalist, green and white',
      num_palettes: 3,
      seed: 7,
    });
    expect(raw!.attributes).toEqual({
      task_type: 'concept_generation',
      schema_version: '1',
      task_id: published.taskId,
    });
  });

  it('publishes 2,000 messages, each once', async () => {
    const { queue, takeRaw } = await project();
    const messages = Array.from({ length: 2_000 }, message);
    await queue().publish(messages);
    const taken = await takeRaw(NAMES.subscription, messages.length);
    expect(taken).toHaveLength(messages.length);
    expect(new Set(taken.map(({ attributes }) => attributes['task_id']))).toEqual(
      new Set(messages.map(({ taskId }) => taskId)),
    );
  });

  it('waits for no batch with a single message', async () => {
    const { queue } = await project();
    const one = queue();
    await one.publish([message()]);
    const times: number[] = [];
    for (let count = 0; count < 21; count++) {
      const startedAt = performance.now();
      await one.publish([message()]);
      times.push(performance.now() - startedAt);
    }
    // A batch would be held for 20 ms.
    expect(times.toSorted((a, b) => a - b)[10]).toBeLessThan(15);
  });

  it('sends nothing when one message is larger than the service takes', async () => {
    const { queue, takeRaw } = await project();
    const sizes = { name: 'n', width: 1, height: 1 };
    // Past every check of an input: the queue has to look for itself.
    const large = { ...message(), input: { sizes, title: 'x'.repeat(10_000_000) } };
    await expect(queue().publish([message(), large])).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(/^the message has 100\d{5} bytes, at most 10000000 fit$/),
    });
    expect(await takeRaw(NAMES.subscription, 1, 300)).toEqual([]);
  });

  it('tells of a topic that is missing and what to do', async () => {
    const { queue } = await project();
    await expect(queue({ topic: 'elsewhere' }).publish([message()])).rejects.toMatchObject({
      code: 'QUEUE_UNAVAILABLE',
      retryable: false,
      message: 'there is no topic elsewhere',
      hint: 'create it with: concept init pubsub',
    });
  });

  it('publishes nothing when the signal has aborted', async () => {
    const { queue, takeRaw } = await project();
    const signal = AbortSignal.abort();
    await expect(queue().publish([message()], { signal })).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await takeRaw(NAMES.subscription, 1, 300)).toEqual([]);
  });

  it('refuses to publish once it is closed', async () => {
    const { queue } = await project();
    const closed = queue();
    await closed.close();
    await expect(closed.publish([message()])).rejects.toMatchObject({ message: 'this queue is closed' });
  });
});

describe('publishing to a Pub/Sub that is away', () => {
  const connection = { projectId: 'nobody-there', ...NAMES, clock: systemClock, closeMs: 500 };

  it.each([
    ['refuses connections', async () => ({ port: await sparePort(), end: async () => undefined })],
    ['never answers', silentServer],
  ])('ends within seconds with a typed error when it %s', async (_, open) => {
    const { port, end } = await open();
    const queue = pubsubQueue({ ...connection, emulatorHost: `127.0.0.1:${port}` });
    try {
      const startedAt = performance.now();
      const failures = await Promise.all(
        [[message()], [message(), message()]].map((some) => queue.publish(some).catch((thrown: unknown) => thrown)),
      );
      for (const failure of failures) {
        expect(failure).toMatchObject({ code: 'QUEUE_UNAVAILABLE', retryable: true, hint: expect.stringMatching(/./) });
      }
      await queue.close();
      expect(performance.now() - startedAt).toBeLessThan(12_000);
    } finally {
      await end();
    }
  });
});

async function silentServer() {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => void sockets.add(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const end = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port: (server.address() as { port: number }).port, end };
}

function message(): TaskMessage {
  const { id, userId, type, input } = newTask(systemClock);
  return { taskId: id, userId, type, input: parseTaskInput(type, input) };
}
