import { describe, expect, it, onTestFinished } from 'vitest';
import { delay } from '../../../../src/core/abort.ts';
import type { Delivery, TaskQueue } from '../../../../src/ports/task-queue.ts';
import { openOwnEmulator } from '../../../support/emulated-project.ts';
import { messages, nextOf } from '../../../support/pubsub-deliveries.ts';
import { NAMES } from '../../../support/pubsub.ts';
import { skipsEmulator } from '../../../support/pubsub-emulator.ts';

interface Receiver {
  readonly delivered: readonly string[];
  /** Why receiving ended, when it ended with an error. */
  readonly failure: () => unknown;
}

describe.skipIf(skipsEmulator())('a Pub/Sub receiver', () => {
  it.each([
    ['streaming', false],
    ['draining', true],
  ])(
    'goes on over a restart of the server, %s',
    async (_, drain) => {
      const { emulator, project } = await openOwnEmulator();
      const queue = project.queue();
      const { delivered, failure } = receiveOn(queue, drain);
      const [before, after] = messages(2);
      await queue.publish([before!]);
      await until(() => delivered.includes(before!.taskId));

      // It is away for a moment, and comes back without topic and subscription, which are made anew only later.
      await emulator.kill();
      await delay(1_000);
      await emulator.start();
      await delay(1_500);
      await project.init();

      await queue.publish([after!]);
      await until(() => delivered.includes(after!.taskId), 40_000);
      expect(failure()).toBeUndefined();
    },
    60_000,
  );

  it('goes on after the server answered nothing for a while', async () => {
    const { emulator, project } = await openOwnEmulator();
    const queue = project.queue();
    const { delivered, failure } = receiveOn(queue, false);
    const [before, after] = messages(2);
    await queue.publish([before!]);
    await until(() => delivered.includes(before!.taskId));
    emulator.signal('SIGSTOP');
    await delay(3_000);
    emulator.signal('SIGCONT');
    await queue.publish([after!]);
    await until(() => delivered.includes(after!.taskId));
    expect(failure()).toBeUndefined();
  });

  it('opens a stream that only reconnects anew, and gives up in the end', async () => {
    const { emulator, project } = await openOwnEmulator();
    const queue = project.queue({ silenceMs: 4_000 });
    const { failure } = receiveOn(queue, false);
    await delay(1_000);
    await emulator.kill();
    await until(() => failure() !== undefined, 40_000);
    expect(failure()).toMatchObject({ code: 'QUEUE_UNAVAILABLE', retryable: true });
  }, 60_000);

  it('opens its stream anew after an error that the client takes for final, with a message in hand', async () => {
    const { project } = await openOwnEmulator();
    const queue = project.queue({ closeMs: 1_200 });
    await queue.publish(messages(1));
    const held: Delivery[] = [];
    const stop = new AbortController();
    onTestFinished(() => stop.abort());
    const receiving = (async () => {
      for await (const delivery of queue.receive({ signal: stop.signal })) held.push(delivery);
    })();
    receiving.catch(() => undefined);
    await until(() => held.length === 1);
    // The stream ends with NOT_FOUND, which the client does not try again; the message is still under its lease.
    await project.client.subscription(NAMES.subscription).delete();
    await delay(500);
    await project.init();
    // Longer than a close would wait.
    await delay(2_500);
    const [later] = messages(1);
    await queue.publish([later!]);
    await until(() => held.some(({ taskId }) => taskId === later!.taskId), 30_000);
    await expect(held[0]!.acknowledge()).resolves.toBeUndefined();
  }, 60_000);
});

describe.skipIf(skipsEmulator())('starting to receive', () => {
  it('tells of a missing subscription at once, and what to do', async () => {
    const { project } = await openOwnEmulator();
    const startedAt = performance.now();
    await expect(nextOf(project.queue({ subscription: 'elsewhere' }))).rejects.toMatchObject({
      code: 'QUEUE_UNAVAILABLE',
      retryable: false,
      message: 'there is no subscription elsewhere',
      hint: 'create it with: concept init pubsub',
    });
    await expect(nextOf(project.queue({ subscription: undefined }))).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });

  it('fails within seconds when the server is away, and is stopped at once', async () => {
    const { emulator, project } = await openOwnEmulator();
    await emulator.kill();
    const startedAt = performance.now();
    await expect(nextOf(project.queue())).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE', retryable: true });
    expect(performance.now() - startedAt).toBeLessThan(10_000);

    const stoppedAt = performance.now();
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    await expect(nextOf(project.queue(), { signal: stop.signal })).rejects.toThrow('nothing was delivered');
    expect(performance.now() - stoppedAt).toBeLessThan(1_500);
  });

  it('ends with an error when the subscription is deleted for good', async () => {
    const { project } = await openOwnEmulator();
    const { failure } = receiveOn(project.queue({ clock: { random: () => 0.01 } }), false);
    await delay(500);
    await project.client.subscription(NAMES.subscription).delete();
    await until(() => failure() !== undefined, 30_000);
    expect(failure()).toMatchObject({ code: 'QUEUE_UNAVAILABLE', hint: 'create it with: concept init pubsub' });
  }, 60_000);
});

function receiveOn(queue: TaskQueue, drain: boolean): Receiver {
  const delivered: string[] = [];
  const stop = new AbortController();
  let failure: unknown;
  onTestFinished(() => stop.abort());
  void (async () => {
    try {
      for await (const delivery of queue.receive({ signal: stop.signal, drain })) {
        await delivery.acknowledge();
        delivered.push(delivery.taskId!);
      }
    } catch (thrown) {
      failure = thrown;
    }
  })();
  return { delivered, failure: () => failure };
}

async function until(condition: () => boolean, limitMs = 15_000): Promise<void> {
  const latest = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > latest) throw new Error(`not within ${limitMs} ms: ${condition.toString()}`);
    await delay(20);
  }
}
