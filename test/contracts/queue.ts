import { describe, expect, test as vitestTest, type TestContext } from 'vitest';
import type { Delivery, TaskMessage, TaskQueue } from '../../src/ports/task-queue.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { newTask } from './fixtures.ts';

export interface QueueHarness {
  readonly queue: TaskQueue;
  /** Makes the store of a signalling queue hold this task, to be due after `delayMs`. Required with `signals`. */
  readonly makeDue?: (message: TaskMessage, delayMs: number) => Promise<void>;
  /** What has been put apart so far. Required with `ids`. */
  readonly rejected?: () => Promise<readonly RejectedTask[]>;
  /** Opens the same queue once more, as another process would, where it is shared. */
  readonly reopen?: () => Promise<TaskQueue>;
  cleanup(): Promise<void>;
}

export interface RejectedTask {
  readonly taskId: string;
  readonly reason: string;
}

/** `redeliverAfterMs`: how soon a queue that delivers ids should bring an unanswered delivery back, where it can be set. */
export type MakeQueue = (options: { readonly redeliverAfterMs: number }) => Promise<QueueHarness>;

const REDELIVER_AFTER_MS = 150;

interface Scene extends QueueHarness {
  readonly context: TestContext;
}

/** The contract of the `TaskQueue` port. `make` gives every test an empty queue of its own. */
export function testQueue(name: string, make: MakeQueue): void {
  const test = (title: string, body: (scene: Scene) => Promise<void>): void => {
    vitestTest(title, async (context) => {
      const harness = await make({ redeliverAfterMs: REDELIVER_AFTER_MS });
      try {
        await body({ ...harness, context });
      } finally {
        await harness.cleanup();
      }
    });
  };

  describe(`${name} keeps the queue contract`, () => {
    testLifeCycle(test);
    testDelivery(test);
    testIds(test);
    testRejection(test);
  });
}

type Register = (title: string, body: (scene: Scene) => Promise<void>) => void;

function testLifeCycle(test: Register): void {
  test('stops receiving without an error when the signal aborts', async ({ queue }) => {
    const stop = new AbortController();
    const receiving = collect(queue, stop.signal, () => false);
    stop.abort();
    expect(await receiving).toBeInstanceOf(Array);
    expect(await collect(queue, AbortSignal.abort(), () => false)).toEqual([]);
  });

  test('ends its receivers when it is closed', async ({ queue }) => {
    const receiving = collect(queue, new AbortController().signal, () => false);
    // Time to begin: a queue may have to connect.
    await new Promise((resolve) => setTimeout(resolve, 100));
    await queue.close();
    expect(await receiving).toBeInstanceOf(Array);
    expect(await collect(queue, new AbortController().signal, () => false)).toEqual([]);
  });

  test('publishes nothing without an error and closes twice', async ({ queue }) => {
    await expect(queue.publish([])).resolves.toBeUndefined();
    await queue.close();
    await expect(queue.close()).resolves.toBeUndefined();
  });
}

function testDelivery(test: Register): void {
  test('delivers what was published before anybody received', async (scene) => {
    await publish(scene, [message()]);
    expect(await first(scene.queue)).toBeDefined();
  });

  test('wakes a receiver that waits', async (scene) => {
    const waiting = first(scene.queue);
    await publish(scene, [message()]);
    expect(await waiting).toBeDefined();
  });

  test('wakes a receiver in another opening of the queue', async (scene) => {
    const { reopen, context, queue } = scene;
    if (!reopen) return context.skip(`${queue.name} is not shared (its harness gives no reopen)`);
    const other = await reopen();
    const waiting = first(other);
    await publish(scene, [message()]);
    expect(await waiting).toBeDefined();
    await other.close();
  });

  test('yields when a delayed task falls due', async (scene) => {
    const { queue, makeDue, context } = scene;
    if (queue.flags.delivers !== 'signals') return context.skip(`${queue.name} delivers ids (flags.delivers)`);
    await makeDue!(message(), 300);
    expect(await first(queue)).toBeDefined();
  });

  test('takes any answer to a delivery, more than once', async (scene) => {
    await publish(scene, [message()]);
    const delivery = (await first(scene.queue))!;
    await expect(delivery.giveBack(10)).resolves.toBeUndefined();
    await expect(delivery.acknowledge()).resolves.toBeUndefined();
    await expect(delivery.acknowledge()).resolves.toBeUndefined();
    await expect(delivery.giveBack(10)).resolves.toBeUndefined();
  });

  test('tells of a task all that was published, or nothing, as its flag says', async (scene) => {
    const published = message();
    await publish(scene, [published]);
    const { taskId, message: told, problem, publishedAt } = (await first(scene.queue))!;
    const isSignal = scene.queue.flags.delivers === 'signals';
    const expected = isSignal ? { taskId: null, told: null } : { taskId: published.taskId, told: published };
    expect({ taskId, told, problem }).toEqual({ ...expected, problem: null });
    const isRecent = publishedAt !== null && Math.abs(Date.parse(publishedAt) - systemClock.now()) < 60_000;
    expect(isRecent).toBe(!isSignal);
  });

  test('delivers to whoever drains', async (scene) => {
    const published = message();
    await publish(scene, [published]);
    const [delivery] = await collect(scene.queue, AbortSignal.timeout(10_000), () => true, true);
    expect(delivery!.taskId).toBe(scene.queue.flags.delivers === 'ids' ? published.taskId : null);
    await delivery!.acknowledge();
  });

  test('takes no relay along with signals', ({ queue: { flags } }) => {
    expect(flags.delivers === 'signals' && flags.relayed).toBe(false);
    return Promise.resolve();
  });
}

function forIds(test: Register): Register {
  return (title, body) =>
    test(title, async (scene) => {
      const { queue, context } = scene;
      if (queue.flags.delivers !== 'ids') return context.skip(`${queue.name} only signals (flags.delivers)`);
      await body(scene);
    });
}

function testIds(test: Register): void {
  const idsTest = forIds(test);

  idsTest('delivers every id to one of several receivers', async ({ queue }) => {
    const messages = Array.from({ length: 12 }, message);
    const seen = new Set<string>();
    const stop = new AbortController();
    const receive = async (): Promise<void> => {
      for await (const delivery of queue.receive({ signal: stop.signal })) {
        await delivery.acknowledge();
        seen.add(delivery.taskId!);
        if (seen.size === messages.length) stop.abort();
      }
    };
    const receivers = [receive(), receive(), receive()];
    await queue.publish(messages.slice(0, 6));
    await queue.publish(messages.slice(6));
    await Promise.all(receivers);
    expect([...seen].toSorted()).toEqual(messages.map(({ taskId }) => taskId).toSorted());
  });

  idsTest('delivers again what was given back, not before its delay', async ({ queue }) => {
    const { taskId } = await publishOne(queue);
    const delivery = (await first(queue))!;
    await delivery.giveBack(100);
    const givenBackAt = performance.now();
    const again = (await first(queue))!;
    expect(again.taskId).toBe(taskId);
    // Timers may fire a millisecond early.
    expect(performance.now() - givenBackAt).toBeGreaterThanOrEqual(98);
    await again.acknowledge();
  });

  idsTest('delivers again what nobody answered', async ({ queue }) => {
    const { taskId } = await publishOne(queue);
    expect((await first(queue))!.taskId).toBe(taskId);
    expect((await first(queue))!.taskId).toBe(taskId);
  });

  idsTest('never again delivers what was acknowledged', async ({ queue }) => {
    const done = await publishOne(queue);
    const delivery = (await first(queue))!;
    await delivery.acknowledge();
    await delivery.giveBack(0);
    const deliveries = await collect(queue, AbortSignal.timeout(2 * REDELIVER_AFTER_MS), () => false);
    expect(deliveries.map(({ taskId }) => taskId)).not.toContain(done.taskId);
  });
}

function testRejection(test: Register): void {
  const idsTest = forIds(test);

  idsTest('puts apart what is rejected, once, with the reason', async ({ queue, rejected }) => {
    const { taskId } = await publishOne(queue);
    const delivery = (await first(queue))!;
    await delivery.reject('nobody knows it');
    await delivery.reject('again');
    expect(await rejected!()).toEqual([{ taskId, reason: 'nobody knows it' }]);
    const deliveries = await collect(queue, AbortSignal.timeout(2 * REDELIVER_AFTER_MS), () => false);
    expect(deliveries.map((later) => later.taskId)).not.toContain(taskId);
  });

  idsTest('puts nothing apart that is settled', async ({ queue, rejected }) => {
    await publishOne(queue);
    const delivery = (await first(queue))!;
    await delivery.acknowledge();
    await delivery.reject('too late');
    expect(await rejected!()).toEqual([]);
  });
}

function message(): TaskMessage {
  const { id, userId, type, input } = newTask(systemClock);
  return { taskId: id, userId, type, input };
}

async function publish({ queue, makeDue }: Scene, messages: readonly TaskMessage[]): Promise<void> {
  if (queue.flags.delivers === 'signals' && !makeDue)
    throw new Error(`${queue.name} signals: its harness needs makeDue`);
  for (const published of messages) await makeDue?.(published, 0);
  await queue.publish(messages);
}

async function publishOne(queue: TaskQueue): Promise<TaskMessage> {
  const published = message();
  await queue.publish([published]);
  return published;
}

/** The next delivery; undefined when none comes for ten seconds. */
async function first(queue: TaskQueue): Promise<Delivery | undefined> {
  const [delivery] = await collect(queue, AbortSignal.timeout(10_000), () => true);
  return delivery;
}

async function collect(
  queue: TaskQueue,
  signal: AbortSignal,
  isLast: () => boolean,
  drain = false,
): Promise<Delivery[]> {
  const deliveries: Delivery[] = [];
  for await (const delivery of queue.receive({ signal, drain })) {
    deliveries.push(delivery);
    if (isLast()) break;
  }
  return deliveries;
}
