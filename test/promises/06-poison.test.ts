import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { newTask } from '../contracts/fixtures.ts';
import { newScene, type Scene, startWorker } from './support.ts';

let scene: Scene;
beforeEach(() => {
  scene = newScene();
});
afterEach(() => scene.close());

/** Two ways in which a disk or a hand can spoil a row: text that is no JSON, and JSON that is not what was submitted. */
const DAMAGES = {
  'no JSON': `UPDATE task_input SET input = '{"logo'`,
  'another input': `UPDATE task_input SET input = '{"logoDescription":"something else"}'`,
} as const;

describe('promise 6: a poison task fails with its reason and blocks nobody', () => {
  it.each(Object.entries(DAMAGES))('with a damaged input (%s)', async (_, damage) => {
    const backend = await scene.open();
    const { tasks } = backend.store;
    const { task: poison } = await tasks.submit(newTask(systemClock, { priority: 9 }));
    (await scene.raw()).exec(damage);
    const { task: healthy } = await tasks.submit(newTask(systemClock));
    await startWorker(backend).run({ signal: AbortSignal.timeout(10_000), drain: true });
    expect(await tasks.get(healthy.id)).toMatchObject({ status: 'completed' });
    expect(await tasks.get(poison.id)).toMatchObject({
      status: 'failed',
      attempt: 0,
      error: { code: 'STORE_CORRUPT' },
    });
    expect((await tasks.list({})).tasks.map(({ id }) => id)).toEqual([healthy.id, poison.id]);
    expect((await backend.store.events.list({ taskId: poison.id })).at(-1)).toMatchObject({ type: 'failed' });
    expect((await tasks.counts({})).failed).toBe(1);
  });

  it('that stands in line with many like it before a healthy task', async () => {
    const { store } = await scene.open();
    await store.tasks.submitMany(Array.from({ length: 50 }, () => newTask(systemClock, { priority: 9 })));
    (await scene.raw()).exec(DAMAGES['no JSON']);
    const { task: healthy } = await store.tasks.submit(newTask(systemClock));
    await store.workers.register({ id: 'w', kind: 'worker', host: 'test', pid: 1, types: null }, 60_000);
    const claimed = await store.leases.claim({ workerId: 'w', limit: 2 });
    expect(claimed.map(({ task }) => task.id)).toEqual([healthy.id]);
    expect(await store.tasks.counts({})).toMatchObject({ failed: 50, processing: 1, pending: 0 });
  });

  it.each(Object.entries(DAMAGES))('whose input is damaged while a worker has it that dies (%s)', async (_, damage) => {
    const backend = await scene.open();
    const { store } = backend;
    const tasks = await store.tasks.submitMany([newTask(systemClock), newTask(systemClock)]);
    await store.workers.register({ id: 'dying', kind: 'worker', host: 'test', pid: 1, types: null }, 60_000);
    await store.leases.claim({ workerId: 'dying', limit: 2 });
    (await scene.raw()).exec(`${damage} WHERE seq = 1`);
    await store.workers.retire('dying');
    await startWorker(backend).run({ signal: AbortSignal.timeout(10_000), drain: true });
    expect(await store.tasks.get(tasks[1]!.task.id)).toMatchObject({ status: 'completed', attempt: 2 });
    expect(await store.tasks.counts({})).toMatchObject({ processing: 0, pending: 0, failed: 1 });
  });

  it.each(Object.entries(DAMAGES))('whose input is damaged while a worker gives it back (%s)', async (_, damage) => {
    const backend = await scene.open();
    const { store } = backend;
    const { task: poison } = await store.tasks.submit(newTask(systemClock));
    await store.workers.register({ id: 'w', kind: 'worker', host: 'test', pid: 1, types: null }, 60_000);
    const [claimed] = await store.leases.claim({ workerId: 'w', limit: 1 });
    (await scene.raw()).exec(damage);
    await store.leases.release(claimed!.lease);
    await startWorker(backend).run({ signal: AbortSignal.timeout(10_000), drain: true });
    expect(await store.tasks.counts({})).toMatchObject({ processing: 0, pending: 0, failed: 1 });
    expect((await store.events.list({ taskId: poison.id })).at(-1)).toMatchObject({ type: 'failed' });
  });

  it.each(Object.entries(DAMAGES))(
    'whose input is damaged: it is cancelled with the others (%s)',
    async (_, damage) => {
      const { store } = await scene.open();
      const submitted = await store.tasks.submitMany([newTask(systemClock), newTask(systemClock)]);
      (await scene.raw()).exec(`${damage} WHERE seq = 1`);
      const cancelled = await store.bulk.cancel({ userId: 'u1', limit: 10 });
      expect(cancelled).toEqual(submitted.map(({ task }) => task.id));
    },
  );

  it('whose checkpoint is damaged', async () => {
    const backend = await scene.open();
    const { store } = backend;
    const { task: poison } = await store.tasks.submit(newTask(systemClock, { priority: 9 }));
    const { task: healthy } = await store.tasks.submit(newTask(systemClock));
    await store.workers.register({ id: 'dying', kind: 'worker', host: 'test', pid: 1, types: null }, 60_000);
    const [claimed] = await store.leases.claim({ workerId: 'dying', limit: 1 });
    await store.leases.checkpoint({ lease: claimed!.lease, checkpoint: { stage: 's', data: { kept: 1 } } });
    await store.workers.retire('dying');
    await store.leases.sweep();
    (await scene.raw()).exec(`UPDATE checkpoint SET data = '{"kept'`);
    await startWorker(backend).run({ signal: AbortSignal.timeout(10_000), drain: true });
    expect(await store.tasks.get(healthy.id)).toMatchObject({ status: 'completed' });
    expect(await store.tasks.get(poison.id)).toMatchObject({ status: 'failed', error: { code: 'STORE_CORRUPT' } });
  });

  it('of a type that this worker has no processor for', async () => {
    const backend = await scene.open();
    const { tasks } = backend.store;
    const { task: poison } = await tasks.submit(newTask(systemClock, { type: 'refinement', priority: 9 }));
    const { task: healthy } = await tasks.submit(newTask(systemClock));
    await startWorker(backend).run({ signal: AbortSignal.timeout(10_000), drain: true });
    expect(await tasks.get(healthy.id)).toMatchObject({ status: 'completed' });
    const error = { code: 'INVALID_INPUT', message: expect.stringContaining('refinement') };
    expect(await tasks.get(poison.id)).toMatchObject({ status: 'failed', attempt: 1, error });
  });
});
