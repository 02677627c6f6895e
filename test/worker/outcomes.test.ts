import { expect, test } from 'vitest';
import { ConceptError } from '../../src/core/errors.ts';
import type { Processors } from '../../src/processors/registry.ts';
import { running, submitTasks, useFaultScene, workerOver } from './fault-support.ts';
import { until } from './support.ts';

const scene = useFaultScene();
const done = { data: {}, files: [], partial: false };

const heeding: Processors = {
  generation: (_, { signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
};

test(
  'an attempt that timed out while the store was away is recorded when that is back',
  { timeout: 40_000 },
  async () => {
    const backend = await scene.open();
    const { store } = backend;
    let isAway = true;
    const fail: typeof store.leases.fail = (request) =>
      isAway ? Promise.reject(new ConceptError('STORAGE_READ_ONLY', 'away')) : store.leases.fail(request);
    const faulty = { ...backend, store: { ...store, leases: { ...store.leases, fail } } };
    const [id] = await submitTasks(store, 1, { maxAttempts: 1 });
    const worker = running(workerOver(faulty, { processors: heeding, taskTimeoutMs: 100 }));
    await until(async () => (await store.tasks.get(id!))?.status === 'processing');
    // Longer than the few quick tries that an outcome gets.
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    isAway = false;
    await until(async () => (await store.tasks.get(id!))?.status === 'failed');
    expect(await store.tasks.get(id!)).toMatchObject({ error: { code: 'TIMEOUT' } });
    await worker.stop();
  },
);

test('a worker that cannot retire ends with that error, and leaves nothing running', async () => {
  const backend = await scene.open();
  const { store } = backend;
  let sweeps = 0;
  const retire = (): Promise<void> => Promise.reject(new ConceptError('STORAGE_READ_ONLY', 'no more writes'));
  const sweep: typeof store.leases.sweep = (options) => {
    sweeps += 1;
    return store.leases.sweep(options);
  };
  const faulty = {
    ...backend,
    store: { ...store, workers: { ...store.workers, retire }, leases: { ...store.leases, sweep } },
  };
  const worker = running(workerOver(faulty, { processors: heeding }), { drain: true });
  await expect(worker.ended).rejects.toMatchObject({ code: 'STORAGE_READ_ONLY' });
  const before = sweeps;
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(sweeps).toBe(before);
});

test('tasks that were held ahead are for anybody again when they turn out to take long', async () => {
  const backend = await scene.open();
  const { store } = backend;
  await submitTasks(store, 60);
  let ran = 0;
  let free: () => void = () => undefined;
  const slow = new Promise<void>((resolve) => (free = resolve));
  const processors: Processors = {
    generation: async () => {
      ran += 1;
      if (ran > 30) await slow;
      return done;
    },
  };
  const worker = running(workerOver(backend, { processors, concurrency: 1, prefetch: 'auto' }));
  await until(() => ran > 30);
  await until(async () => (await store.tasks.counts({})).processing === 1);
  expect(await store.tasks.counts({})).toMatchObject({ completed: 30, processing: 1, pending: 29 });
  free();
  await worker.stop();
});
