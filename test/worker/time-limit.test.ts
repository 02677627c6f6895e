import { describe, expect, test } from 'vitest';
import type { Processors } from '../../src/processors/registry.ts';
import { running, submitTasks, useFaultScene, workerOver } from './fault-support.ts';
import { until } from './support.ts';

const LIMIT_MS = 200;
/** What a worker waits for a handler that does not heed the signal. */
const PATIENCE_MS = 5_000;
const done = { data: {}, files: [], partial: false };

const scene = useFaultScene();

/** Never returns, and does not look at the signal. */
const deaf: Processors = { generation: () => new Promise(() => undefined), rendition: async () => done };
/** Goes on until it is aborted. */
const heeding: Processors = {
  generation: (_, { signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
  rendition: async () => done,
};

const rendition = {
  type: 'rendition',
  input: { source: { kind: 'url', url: 'https://images.example/a.png' }, sizes: [64], formats: ['png'] },
} as unknown as Parameters<typeof submitTasks>[2];

describe.each([
  ['heeds the signal', heeding, 0],
  ['does not', deaf, PATIENCE_MS],
])('a handler that never returns and %s', (_, processors, patienceMs) => {
  test('is ended at its limit: the slot is free again, and the attempt counts', async () => {
    const backend = await scene.open();
    const { store } = backend;
    const [hanging] = await submitTasks(store, 1, { maxAttempts: 2 });
    const startedAt = performance.now();
    const worker = running(workerOver(backend, { processors, taskTimeoutMs: LIMIT_MS, concurrency: 1 }));
    await until(async () => (await store.tasks.get(hanging!))?.status === 'processing');
    const [next] = await submitTasks(store, 1, rendition);
    await until(() => worker.attempts.length > 0);
    expect(worker.attempts[0]).toMatchObject({ taskId: hanging, outcome: 'rescheduled', error: { code: 'TIMEOUT' } });
    expect(performance.now() - startedAt).toBeGreaterThan(LIMIT_MS + patienceMs - 50);
    expect(performance.now() - startedAt).toBeLessThan(LIMIT_MS + patienceMs + 3_000);
    await until(async () => (await store.tasks.get(next!))?.status === 'completed');
    expect(await store.tasks.get(hanging!)).toMatchObject({ error: { code: 'TIMEOUT', retryable: true } });
    await worker.stop();
  });
});

test('a task that takes too long each time fails with TIMEOUT after its last attempt, and says what to do', async () => {
  const backend = await scene.open();
  const [id] = await submitTasks(backend.store, 1, { maxAttempts: 2 });
  const worker = running(workerOver(backend, { processors: heeding, taskTimeoutMs: LIMIT_MS }), { drain: true });
  expect(await worker.ended).toMatchObject({ rescheduled: 1, failed: 1, completed: 0 });
  expect(await backend.store.tasks.get(id!)).toMatchObject({
    status: 'failed',
    attempt: 2,
    error: { code: 'TIMEOUT', hint: expect.stringContaining('CONCEPT_TASK_TIMEOUT_SECONDS') },
  });
});

// Waits out the patience with a handler that heeds nothing: five seconds.
describe('a worker that is told to stop', () => {
  test('does not hang on a handler that never returns: the task is given back and the attempt does not count', async () => {
    const backend = await scene.open();
    const [id] = await submitTasks(backend.store, 1);
    const worker = running(workerOver(backend, { processors: deaf, graceMs: 50 }));
    await until(async () => (await backend.store.tasks.get(id!))?.status === 'processing');
    const stoppedAt = performance.now();
    expect(await worker.stop()).toMatchObject({ released: 1 });
    expect(performance.now() - stoppedAt).toBeLessThan(PATIENCE_MS + 2_000);
    expect(await backend.store.tasks.get(id!)).toMatchObject({ status: 'pending', attempt: 0 });
    expect(await backend.store.workers.live()).toEqual([]);
  });
});

test('what a deserted handler returns at last changes nothing', async () => {
  const backend = await scene.open();
  let finish: ((result: typeof done) => void) | undefined;
  const late: Processors = { generation: () => new Promise((resolve) => (finish = resolve)) };
  const [id] = await submitTasks(backend.store, 1, { maxAttempts: 1 });
  const worker = running(workerOver(backend, { processors: late, taskTimeoutMs: LIMIT_MS }), { drain: true });
  expect(await worker.ended).toMatchObject({ failed: 1, completed: 0 });
  finish!(done);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await backend.store.tasks.get(id!)).toMatchObject({ status: 'failed', error: { code: 'TIMEOUT' } });
  expect(await backend.store.results.get(id!)).toBeUndefined();
});
