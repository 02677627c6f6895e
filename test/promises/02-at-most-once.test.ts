import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { blobPathOf } from '../../src/core/blob-path.ts';
import { conceptIdOf } from '../../src/core/concept.ts';
import type { Lease } from '../../src/core/task.ts';
import type { Store } from '../../src/ports/store.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { scriptedImageProvider, scriptedPaletteProvider } from '../../src/testing/index.ts';
import { buildChild, type ChildProgram } from '../adapters/stores/sqlite/child-process.ts';
import { newTask, providerFailure } from '../contracts/fixtures.ts';
import { NO_PROVIDERS } from '../worker/no-providers.ts';
import { newScene, plainResult, type Scene, startWorker, within } from './support.ts';

const LEASE_MS = 800;

let program: ChildProgram;
let scene: Scene;
beforeAll(async () => {
  program = await buildChild('promise-2', new URL('./child.ts', import.meta.url));
});
afterAll(() => program.remove());
beforeEach(() => {
  scene = newScene();
});
afterEach(() => scene.close());

const worker = (id: string) => ({ id, kind: 'worker', host: 'test', pid: process.pid, types: null }) as const;

/** Everything that a worker can write about a task. */
const WRITES: readonly (readonly [string, (store: Store, lease: Lease) => Promise<unknown>])[] = [
  ['progress', ({ leases }, lease) => leases.record({ lease, events: [], progress: { stage: 's', fraction: 0.5 } })],
  ['a checkpoint', ({ leases }, lease) => leases.checkpoint({ lease, checkpoint: { stage: 's', data: 1 } })],
  ['complete', ({ leases }, lease) => leases.complete({ lease, result: plainResult() })],
  ['fail', ({ leases }, lease) => leases.fail({ lease, error: providerFailure(), retryAt: null })],
  ['release', ({ leases }, lease) => leases.release(lease)],
];

describe('promise 2: a task takes effect at most once; a stale lease token is refused', () => {
  it.each(WRITES)(
    '%s under the token of an earlier claim, by the very worker that holds a newer one',
    async (_, write) => {
      const { store } = await scene.open();
      const { task } = await store.tasks.submit(newTask(systemClock));
      await store.workers.register(worker('w'), 60_000);
      const [first] = await store.leases.claim({ workerId: 'w', limit: 1 });
      await store.tasks.cancel(task.id);
      await store.tasks.retry(task.id);
      const [second] = await store.leases.claim({ workerId: 'w', limit: 1 });
      const before = await store.tasks.get(task.id);
      await expect(write(store, first!.lease)).rejects.toMatchObject({ code: 'LEASE_LOST' });
      expect(await store.tasks.get(task.id)).toEqual(before);
      await store.leases.complete({ lease: second!.lease, result: plainResult() });
    },
  );

  it.each(WRITES)('%s of a worker whose registration has run out, also before anybody swept', async (_, write) => {
    const clock = fakeClock();
    const { store } = await scene.open(clock);
    const { task } = await store.tasks.submit(newTask(clock));
    await store.workers.register(worker('w'), 1_000);
    const [claimed] = await store.leases.claim({ workerId: 'w', limit: 1 });
    clock.advance(1_001);
    const before = await store.tasks.get(task.id);
    await expect(write(store, claimed!.lease)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(await store.tasks.get(task.id)).toEqual(before);
  });

  it('a worker whose registration has run out never claims under it again', async () => {
    const clock = fakeClock();
    const { store } = await scene.open(clock);
    await store.tasks.submit(newTask(clock));
    await store.workers.register(worker('w'), 1_000);
    clock.advance(1_001);
    await expect(store.leases.claim({ workerId: 'w', limit: 1 })).rejects.toMatchObject({ code: 'LEASE_LOST' });
    const late = store.workers.heartbeat({ workerId: 'w', leaseMs: 1_000, held: [] });
    expect(await late).toMatchObject({ alive: false });
  });

  it('what two attempts of a task leave has the same names: they derive from the task', async () => {
    const backend = await scene.open();
    const { tasks, concepts } = backend.store;
    const { task } = await tasks.submit(newTask(systemClock));
    const processing = { ...NO_PROVIDERS, images: scriptedImageProvider(), palettes: scriptedPaletteProvider() };
    await startWorker(backend, { processing, processors: undefined }).run({
      signal: AbortSignal.timeout(20_000),
      drain: true,
    });
    const concept = (await concepts.get(conceptIdOf(task.id)))!;
    expect(await tasks.get(task.id)).toMatchObject({ status: 'completed', resultId: concept.id });
    const owner = { userId: task.userId, taskId: task.id };
    const pathFor = (sha256: string, isVariation = false) =>
      blobPathOf({ ...owner, isVariation }, { sha256, contentType: 'image/png' });
    expect(concept.image.path).toBe(pathFor(concept.image.sha256));
    expect(concept.variations.length).toBeGreaterThan(0);
    for (const { image } of concept.variations) expect(image.path).toBe(pathFor(image.sha256, true));
  });

  it('a worker suspended past its lease: its late result is dropped, and it goes on under a fresh identity', async () => {
    const backend = await scene.open();
    const { tasks, results, events } = backend.store;
    const { task } = await tasks.submit(newTask(systemClock));
    const child = program.start('work', scene.file, '300', `${LEASE_MS}`);
    await child.printed(1);
    child.process.kill('SIGSTOP');
    const stop = new AbortController();
    const generation = async () => plainResult({ by: 'the second' });
    const working = startWorker(backend, { leaseMs: LEASE_MS, processors: { generation } }).run({
      signal: stop.signal,
    });
    await within(10_000, 'completed', async () => (await tasks.get(task.id))?.status === 'completed');
    stop.abort();
    await working;
    child.process.kill('SIGCONT');
    await child.printed(2);
    expect(child.lines).toEqual([task.id, 'lost']);
    const { task: next } = await tasks.submit(newTask(systemClock));
    await child.printed(4);
    expect(child.lines.slice(2)).toEqual([next.id, 'completed']);
    child.process.kill('SIGTERM');
    expect(await child.exited).toEqual({ code: 0, stderr: '' });
    expect(await results.get(task.id)).toMatchObject({ data: { by: 'the second' } });
    const story = await events.list({ taskId: task.id });
    expect(story.filter(({ type }) => type === 'completed')).toHaveLength(1);
    expect(story.map(({ seq }) => seq)).toEqual(story.map((_, index) => index + 1));
  });
});
