import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { memoryQueue, type MemoryQueueOptions, type RejectedMessage } from '../../src/adapters/queues/memory.ts';
import { memoryStore } from '../../src/adapters/stores/memory.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { ConceptError } from '../../src/core/errors.ts';
import type { Task } from '../../src/core/task.ts';
import type { Delivery, TaskMessage, TaskQueue } from '../../src/ports/task-queue.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { createRelay } from '../../src/worker/relay.ts';
import { createWorker } from '../../src/worker/create-worker.ts';
import { sweepOnce } from '../../src/worker/sweep-once.ts';
import { newTask } from '../contracts/fixtures.ts';
import { NO_PROVIDERS } from './no-providers.ts';
import { until } from './support.ts';

const LEASE_MS = 400;
const logger = { log: () => undefined };

/** A store and a queue that publishes what it is told to; `fails` has it refuse. */
function deployment(options: MemoryQueueOptions = {}) {
  const store = memoryStore();
  const rejected: RejectedMessage[] = [];
  const inner = memoryQueue({ onRejected: (message) => rejected.push(message), ...options });
  const published: string[] = [];
  const state = { fails: false };
  const queue: TaskQueue = {
    ...inner,
    publish: async (messages) => {
      if (state.fails) throw new ConceptError('QUEUE_UNAVAILABLE', 'nobody answers');
      published.push(...messages.map(({ taskId }) => taskId));
      await inner.publish(messages);
    },
  };
  const signal = new AbortController();
  const work = () =>
    createWorker({
      store,
      queue,
      logger,
      processing: NO_PROVIDERS,
      concurrency: 2,
      leaseMs: LEASE_MS,
      graceMs: 1_000,
      processors: { generation: async () => ({ data: {}, files: [], partial: false }) },
    }).run({ signal: signal.signal });
  return { store, queue, inner, rejected, published, state, work, stop: () => signal.abort() };
}

const messageOf = ({ id, userId, type, input }: Task): TaskMessage => ({ taskId: id, userId, type, input });
const isDone = (store: ReturnType<typeof memoryStore>, id: string) => async () =>
  (await store.tasks.get(id))?.status === 'completed';

describe('relay', () => {
  it('publishes what a crash kept from being published', async () => {
    const { store, work, stop, published } = deployment();
    const { task } = await store.tasks.submit(newTask(systemClock));
    const working = work();
    await until(isDone(store, task.id));
    stop();
    await working;
    expect(published).toEqual([task.id]);
  });

  it('gives back what could not be published, and publishes it later', async () => {
    const { store, queue, published, state } = deployment();
    const { task } = await store.tasks.submit(newTask(systemClock));
    const relay = createRelay({ store, queue, logger, unpublishedForMs: 0 });
    const { signal } = new AbortController();
    state.fails = true;
    expect(await relay.pass(signal)).toEqual({ published: 0, failed: 1 });
    expect((await store.tasks.get(task.id))!.publishedAt).toBeNull();
    state.fails = false;
    expect(await relay.pass(signal)).toEqual({ published: 1, failed: 0 });
    expect(published).toEqual([task.id]);
    expect(await relay.pass(signal)).toEqual({ published: 0, failed: 0 });
  });

  it('publishes each row once, by however many relays', async () => {
    const { store, queue, published } = deployment();
    await store.tasks.submitMany(Array.from({ length: 250 }, () => newTask(systemClock)));
    const relays = Array.from({ length: 4 }, () => createRelay({ store, queue, logger, unpublishedForMs: 0 }));
    await Promise.all(relays.map((relay) => relay.pass(new AbortController().signal)));
    expect([published.length, new Set(published).size]).toEqual([250, 250]);
  });

  it('publishes a silent one again after its time', async () => {
    const clock = fakeClock();
    const store = memoryStore({ clock });
    const queue = memoryQueue({ clock });
    const { task } = await store.tasks.submit(newTask(clock));
    await store.outbox.published([task.id]);
    const pass = () => sweepOnce({ store, queue, logger, republishAfterMs: 300_000, unpublishedForMs: 0 });
    clock.advance(299_999);
    expect(await pass()).toMatchObject({ published: 0 });
    clock.advance(1);
    expect(await pass()).toMatchObject({ published: 1 });
  });

  it('brings back a task whose worker died while its delivery was acknowledged', async () => {
    const { store, queue, work, stop } = deployment();
    const { task } = await store.tasks.submit(newTask(systemClock, { maxAttempts: 2 }));
    await store.workers.register({ id: 'dead', kind: 'worker', host: 'h', pid: 1, types: null }, LEASE_MS);
    await store.leases.claim({ workerId: 'dead', limit: 1 });
    await queue.publish([messageOf(task)]);
    const working = work();
    await until(isDone(store, task.id));
    stop();
    await working;
    expect(await store.tasks.get(task.id)).toMatchObject({ attempt: 2 });
  });
});

describe('deliveries', () => {
  /** Delivers a message of one's own making. */
  async function deliver(
    change: Partial<Delivery>,
    prepare?: (parts: ReturnType<typeof deployment>) => Promise<string>,
  ) {
    const parts = deployment();
    const taskId = prepare ? await prepare(parts) : null;
    const answers: string[] = [];
    const delivery: Delivery = {
      taskId,
      message: null,
      problem: null,
      publishedAt: new Date(0).toISOString(),
      acknowledge: async () => void answers.push('acknowledged'),
      giveBack: async () => void answers.push('given back'),
      reject: async (reason) => void answers.push(`rejected: ${reason}`),
      ...change,
    };
    let isDelivered = false;
    const queue: TaskQueue = {
      ...parts.queue,
      receive: async function* ({ signal }) {
        if (!isDelivered) yield delivery;
        isDelivered = true;
        while (!signal.aborted) await sleep(5);
      },
    };
    const worker = createWorker({
      store: parts.store,
      queue,
      logger,
      processing: NO_PROVIDERS,
      concurrency: 1,
      leaseMs: LEASE_MS,
      graceMs: 0,
      processors: { generation: async () => ({ data: {}, files: [], partial: false }) },
    });
    const stop = new AbortController();
    const working = worker.run({ signal: stop.signal });
    await until(() => answers.length > 0);
    stop.abort();
    await working;
    return { answers, task: taskId === null ? undefined : await parts.store.tasks.get(taskId) };
  }
  const submitted = async ({ store }: ReturnType<typeof deployment>) =>
    (await store.tasks.submit(newTask(systemClock))).task.id;

  it('that name no task are put apart', async () => {
    const { answers } = await deliver({ problem: 'data: not a JSON object' });
    expect(answers).toEqual(['rejected: data: not a JSON object']);
  });

  it('whose message cannot be used fail their task with the reason', async () => {
    const { answers, task } = await deliver({ problem: 'numPalettes: must be from 1 to 20' }, submitted);
    expect(answers).toEqual(['acknowledged']);
    expect(task).toMatchObject({
      status: 'failed',
      error: { code: 'INVALID_INPUT', message: expect.stringContaining('numPalettes: must be from 1 to 20') },
    });
  });

  it('of unknown tasks are put apart once their publisher had the time to commit', async () => {
    const taskId = newTask(systemClock).id;
    expect((await deliver({ taskId })).answers).toEqual(['rejected: there is no such task']);
    const publishedAt = new Date().toISOString();
    expect((await deliver({ taskId, publishedAt })).answers).toEqual(['given back']);
  });

  it('of tasks that have ended are acknowledged', async () => {
    const { answers } = await deliver({}, async (parts) => {
      const id = await submitted(parts);
      await parts.store.tasks.cancel(id);
      return id;
    });
    expect(answers).toEqual(['acknowledged']);
  });

  it('of tasks that wait for their time are acknowledged: the relay brings them', async () => {
    const { answers, task } = await deliver({}, async ({ store }) => {
      const runAt = new Date(Date.now() + 60_000).toISOString();
      return (await store.tasks.submit(newTask(systemClock, { runAt }))).task.id;
    });
    expect(answers).toEqual(['acknowledged']);
    expect(task).toMatchObject({ status: 'pending' });
  });

  it('are acknowledged after the attempt', async () => {
    const { answers, task } = await deliver({}, submitted);
    expect(answers).toEqual(['acknowledged']);
    expect(task).toMatchObject({ status: 'completed' });
  });
});
