import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { ConceptError } from '../../src/core/errors.ts';
import type { Store } from '../../src/ports/store.ts';
import { buildChild, type ChildProgram } from '../adapters/stores/sqlite/child-process.ts';
import { newTask, newTaskId } from '../contracts/fixtures.ts';
import { newScene, type Scene, startWorker, within } from './support.ts';

const CHILD = new URL('./child.ts', import.meta.url);
const LEASE_MS = 800;

let program: ChildProgram;
let scene: Scene;
beforeAll(async () => {
  program = await buildChild('promise-1', CHILD);
});
afterAll(() => program.remove());
beforeEach(() => {
  scene = newScene();
});
afterEach(() => scene.close());

// In SQLite the committed row is the outbox and the queue in one: there is nothing to relay, and a bell is only a hint.
describe('promise 1: an accepted task is never lost', () => {
  it('not by kill -9 between the commit and the bell: a worker that nobody told of it does it', async () => {
    const backend = await scene.open();
    const stop = new AbortController();
    const working = startWorker(backend).run({ signal: stop.signal });
    const id = newTaskId(systemClock);
    const child = program.start('submit and die', scene.file, id);
    expect((await child.exited).code).toBeNull();
    expect(child.lines).toEqual([]);
    await within(8_000, 'completed', async () => (await backend.store.tasks.get(id))?.status === 'completed');
    stop.abort();
    await working;
  });

  it('not by kill -9 of its worker: another does it once the lease has run out', async () => {
    const backend = await scene.open();
    const { task } = await backend.store.tasks.submit(newTask(systemClock));
    const child = program.start('work', scene.file, '60000', `${LEASE_MS}`);
    await child.printed(1);
    child.process.kill('SIGKILL');
    await child.exited;
    const stop = new AbortController();
    const working = startWorker(backend, { leaseMs: LEASE_MS }).run({ signal: stop.signal });
    await within(10_000, 'completed', async () => (await backend.store.tasks.get(task.id))?.status === 'completed');
    stop.abort();
    await working;
    expect(await backend.store.tasks.get(task.id)).toMatchObject({ attempt: 2 });
  });

  it('not by a store that another process keeps locked for longer than a lease', async () => {
    const backend = await scene.open();
    const stop = new AbortController();
    const working = startWorker(backend, { leaseMs: LEASE_MS }).run({ signal: stop.signal });
    const child = program.start('lock', scene.file, `${LEASE_MS * 2}`);
    await child.printed(1);
    const lockedAt = performance.now();
    const { task } = await backend.store.tasks.submit(newTask(systemClock));
    expect(performance.now() - lockedAt).toBeGreaterThan(LEASE_MS);
    await within(8_000, 'completed', async () => (await backend.store.tasks.get(task.id))?.status === 'completed');
    stop.abort();
    await working;
  });

  it('not by a store that is away for a while: its workers outlive it', async () => {
    const backend = await scene.open();
    const { task } = await backend.store.tasks.submit(newTask(systemClock));
    let isAway = true;
    const store = awayWhile(() => isAway, backend.store);
    const stop = new AbortController();
    const working = startWorker({ ...backend, store }).run({ signal: stop.signal });
    setTimeout(() => (isAway = false), 500);
    await Promise.race([
      within(8_000, 'completed', async () => (await backend.store.tasks.get(task.id))?.status === 'completed'),
      working.then(() => Promise.reject(new Error('the worker left'))),
    ]);
    stop.abort();
    expect(await working).toMatchObject({ completed: 1 });
  });
});

function awayWhile(isAway: () => boolean, store: Store): Store {
  const { leases } = store;
  return {
    ...store,
    leases: {
      ...leases,
      claim: async (request, options) => {
        if (isAway()) throw new ConceptError('STORE_UNAVAILABLE', 'the store is away');
        return leases.claim(request, options);
      },
    },
  };
}
