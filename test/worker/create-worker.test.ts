import { describe, expect, it } from 'vitest';
import { ConceptError } from '../../src/core/errors.ts';
import { scriptedImageProvider } from '../../src/testing/index.ts';
import { memoryClient } from '../sdk/support.ts';
import { signallingQueue, until, workshop } from './support.ts';

const generation = { type: 'generation', logoDescription: 'a fox', themeDescription: 'night', numPalettes: 2 } as const;
/** Long enough to be caught in the middle, never waited out. */
const FOREVER_MS = 600_000;

describe.each(['ids', 'signals'] as const)('a worker on a queue that delivers %s', (delivers) => {
  const shop = (options: Parameters<typeof workshop>[0] = {}) => {
    const parts = memoryClient();
    return workshop(delivers === 'signals' ? { ...options, parts, queue: signallingQueue(parts.store) } : options);
  };

  it('drains the backlog: every task completed once, in as many attempts', async () => {
    const { client, attempts, work } = shop();
    const tasks = await client.tasks.submitMany(Array.from({ length: 7 }, (_, seed) => ({ ...generation, seed })));
    expect(await work()).toMatchObject({ completed: 7, failed: 0 });
    expect(attempts.map(({ taskId }) => taskId).toSorted()).toEqual(tasks.map(({ id }) => id).toSorted());
    for (const task of tasks) expect((await client.tasks.get(task.id)).status).toBe('completed');
  });

  it('runs a retryable failure again, and keeps its error with the task until then', async () => {
    const images = scriptedImageProvider([
      { error: new ConceptError('PROVIDER_FAILED', 'the service hiccupped') },
      { image: {} },
    ]);
    const { client, work, attempts } = shop({ images });
    const task = await client.tasks.submit(generation);
    expect(await work()).toMatchObject({ rescheduled: 1, completed: 1 });
    expect(attempts[0]?.error).toMatchObject({ code: 'PROVIDER_FAILED', stage: 'image-generation' });
    expect(await client.tasks.get(task.id)).toMatchObject({ status: 'completed', attempt: 2, error: null });
  });

  it('fails at once what no retry can mend', async () => {
    const images = scriptedImageProvider([{ error: new ConceptError('PROVIDER_REFUSED', 'refused') }]);
    const { client, work } = shop({ images });
    const task = await client.tasks.submit(generation);
    expect(await work()).toMatchObject({ failed: 1, completed: 0 });
    expect(await client.tasks.get(task.id)).toMatchObject({
      status: 'failed',
      attempt: 1,
      error: { code: 'PROVIDER_REFUSED', stage: 'image-generation' },
    });
  });

  it('stops when told: a task that does not end in time is given back and the attempt does not count', async () => {
    const images = scriptedImageProvider([{ image: {}, delayMs: FOREVER_MS }]);
    const { client, work } = shop({ images, graceMs: 10 });
    const task = await client.tasks.submit(generation);
    const stop = new AbortController();
    const working = work({ signal: stop.signal });
    await until(async () => (await client.tasks.get(task.id)).status === 'processing');
    stop.abort();
    expect(await working).toMatchObject({ released: 1 });
    expect(await client.tasks.get(task.id)).toMatchObject({ status: 'pending', attempt: 0 });
  });

  it('lets a task that ends in time finish', async () => {
    const images = scriptedImageProvider([{ image: {}, delayMs: 100 }]);
    const { client, work } = shop({ images });
    const task = await client.tasks.submit(generation);
    const stop = new AbortController();
    const working = work({ signal: stop.signal });
    await until(async () => (await client.tasks.get(task.id)).status === 'processing');
    stop.abort();
    expect(await working).toMatchObject({ completed: 1, released: 0 });
  });

  it('aborts a cancelled task at its next heartbeat', async () => {
    const images = scriptedImageProvider([{ image: {}, delayMs: FOREVER_MS }]);
    const { client, work, attempts } = shop({ images, leaseMs: 150 });
    const task = await client.tasks.submit(generation);
    const working = work();
    await until(async () => (await client.tasks.get(task.id)).status === 'processing');
    await client.tasks.cancel(task.id);
    expect(await working).toMatchObject({ lost: 1, completed: 0 });
    expect(attempts[0]).toMatchObject({ taskId: task.id, outcome: 'lost' });
    expect((await client.tasks.get(task.id)).status).toBe('cancelled');
  });
});

describe('a worker', () => {
  it('goes on with the newer lease of a task that was cancelled and retried meanwhile', async () => {
    const images = scriptedImageProvider([
      { image: {}, delayMs: FOREVER_MS },
      { image: {}, delayMs: 600 },
    ]);
    const parts = memoryClient();
    const { client, work, attempts } = workshop({ parts, images, leaseMs: 300, queue: signallingQueue(parts.store) });
    const task = await client.tasks.submit(generation);
    const working = work();
    await until(async () => (await client.tasks.get(task.id)).status === 'processing');
    await client.tasks.cancel(task.id);
    await client.tasks.retry(task.id);
    expect(await working).toMatchObject({ lost: 1, completed: 1 });
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['lost', 'completed']);
  });

  it('keeps its living lease’s task until the outcome is recorded, however long the store is away', async () => {
    let failures = 8;
    const images = scriptedImageProvider([{ error: new ConceptError('PROVIDER_REFUSED', 'refused') }]);
    const { client, work } = workshop({
      images,
      wrapStore: (store) => ({
        ...store,
        leases: {
          ...store.leases,
          fail: (request, options) => {
            if (failures-- > 0) return Promise.reject(new ConceptError('STORAGE_FULL', 'no space left'));
            return store.leases.fail(request, options);
          },
        },
      }),
    });
    const task = await client.tasks.submit(generation);
    expect(await work()).toMatchObject({ failed: 1, lost: 0 });
    expect((await client.tasks.get(task.id)).status).toBe('failed');
  });

  it('outlives a store that is away for longer than its lease', async () => {
    let away = false;
    const unlessAway = <T>(call: () => Promise<T>): Promise<T> =>
      away ? Promise.reject(new ConceptError('STORE_UNAVAILABLE', 'the store is away')) : call();
    const { client, work, store } = workshop({
      leaseMs: 200,
      wrapStore: (store) => ({
        ...store,
        workers: {
          ...store.workers,
          register: (worker, leaseMs) => unlessAway(() => store.workers.register(worker, leaseMs)),
          heartbeat: (request) => unlessAway(() => store.workers.heartbeat(request)),
        },
        leases: { ...store.leases, claim: (request) => unlessAway(() => store.leases.claim(request)) },
      }),
    });
    const stop = new AbortController();
    const working = work({ signal: stop.signal });
    await until(async () => (await store.workers.live()).length > 0);
    away = true;
    await new Promise((resolve) => setTimeout(resolve, 500));
    away = false;
    const task = await client.tasks.submit(generation);
    await client.tasks.wait(task);
    stop.abort();
    expect(await working).toMatchObject({ completed: 1 });
  });

  it('tells by its beats of what it has claimed while the claim of another delivery hangs', async () => {
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const told: (readonly string[])[] = [];
    const { client, work } = workshop({
      leaseMs: 90,
      wrapStore: (store) => ({
        ...store,
        workers: {
          ...store.workers,
          heartbeat: (request, options) => {
            told.push(request.held.map(({ taskId }) => taskId));
            return store.workers.heartbeat(request, options);
          },
        },
        leases: {
          ...store.leases,
          claim: async (request, options) => {
            if (request.taskId === second!.id) await answered;
            return store.leases.claim(request, options);
          },
        },
      }),
    });
    const [first, second] = await client.tasks.submitMany([generation, { ...generation, seed: 1 }]);
    const working = work();
    await until(() => told.some((ids) => ids.includes(first!.id)));
    expect((await client.tasks.get(first!.id)).status).toBe('processing');
    answer();
    expect(await working).toMatchObject({ completed: 2 });
  });

  it('drains no queue that is away from the start, and says so', async () => {
    const parts = memoryClient();
    const receive = (): never => {
      throw new ConceptError('QUEUE_UNAVAILABLE', 'the queue is away');
    };
    const { client, work } = workshop({ parts, queue: { ...parts.queue, receive } });
    await client.tasks.submit(generation);
    await expect(work({ drain: true })).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
  });

  it('survives an onAttempt that throws, and says so', async () => {
    const { client, work, log } = workshop();
    await client.tasks.submitMany([generation, { ...generation, seed: 1 }]);
    const summary = await work({
      drain: true,
      onAttempt: () => {
        throw new Error('the caller’s own mistake');
      },
    });
    expect(summary).toMatchObject({ completed: 2 });
    expect(log).toContainEqual([
      'error',
      'onAttempt threw',
      expect.objectContaining({ error: 'the caller’s own mistake' }),
    ]);
  });

  it('keeps to the grace period also when it is told to stop after its last task has begun', async () => {
    const images = scriptedImageProvider([{ image: {}, delayMs: FOREVER_MS }]);
    const { client, work } = workshop({ images, graceMs: 20 });
    const task = await client.tasks.submit(generation);
    const stop = new AbortController();
    const working = work({ signal: stop.signal, maxTasks: 1 });
    await until(async () => (await client.tasks.get(task.id)).status === 'processing');
    stop.abort();
    expect(await working).toMatchObject({ released: 1 });
  });

  it('tells whoever works a single task that its outcome cannot be recorded', async () => {
    const full = () => Promise.reject(new ConceptError('STORAGE_FULL', 'no space left'));
    const { client, work } = workshop({
      wrapStore: (store) => ({ ...store, leases: { ...store.leases, record: full, fail: full, complete: full } }),
    });
    const task = await client.tasks.submit(generation);
    await expect(work({ onlyTaskId: task.id })).rejects.toMatchObject({ code: 'STORAGE_FULL' });
  });

  it('takes no more tasks than it was told to', async () => {
    const { client, work } = workshop();
    await client.tasks.submitMany([generation, { ...generation, seed: 1 }, { ...generation, seed: 2 }]);
    expect(await work({ maxTasks: 2 })).toMatchObject({ completed: 2 });
    expect(await client.tasks.counts()).toMatchObject({ completed: 2, pending: 1 });
  });

  it('works one task alone when asked to, as a waiter', async () => {
    const { client, work, store } = workshop();
    const [first, second] = await client.tasks.submitMany([generation, { ...generation, seed: 1 }]);
    const working = work({ onlyTaskId: second!.id });
    await until(async () => (await store.workers.live()).length > 0);
    expect((await store.workers.live()).map(({ kind }) => kind)).toEqual(['waiter']);
    expect(await working).toMatchObject({ completed: 1 });
    expect((await client.tasks.get(first!.id)).status).toBe('pending');
  });

  it('takes over the task of a worker that died', async () => {
    const { client, work, store } = workshop({ leaseMs: 300 });
    const task = await client.tasks.submit(generation);
    await store.workers.register({ id: 'dead', kind: 'worker', host: 'h', pid: 1, types: null }, 100);
    await store.leases.claim({ workerId: 'dead', limit: 1 });
    expect(await work()).toMatchObject({ completed: 1 });
    expect(await client.tasks.get(task.id)).toMatchObject({ status: 'completed', attempt: 2 });
    const events = await store.events.list({ taskId: task.id });
    expect(events.map(({ type }) => type)).toContain('lease.expired');
  });

  it('goes on after the store was away', async () => {
    let failures = 3;
    const { client, work } = workshop({
      wrapStore: (store) => ({
        ...store,
        leases: {
          ...store.leases,
          complete: (request, options) => {
            if (failures-- > 0) return Promise.reject(new ConceptError('STORE_UNAVAILABLE', 'the store is away'));
            return store.leases.complete(request, options);
          },
        },
      }),
    });
    await client.tasks.submit(generation);
    expect(await work()).toMatchObject({ completed: 1, rescheduled: 0 });
  });

  it('stops with the error when the store is beyond repair', async () => {
    const { client, work, store } = workshop({
      wrapStore: (inner) => ({
        ...inner,
        leases: {
          ...inner.leases,
          claim: () => Promise.reject(new ConceptError('STORE_CORRUPT', 'the file is damaged')),
        },
      }),
    });
    await client.tasks.submit(generation);
    await expect(work()).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    expect(await store.workers.live()).toEqual([]);
  });
});
