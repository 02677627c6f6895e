import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../../../src/adapters/stores/sqlite.ts';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import type { Store } from '../../../../src/ports/store.ts';
import { newTask } from '../../../contracts/fixtures.ts';
import { buildChild, type Child, type ChildProgram } from './child-process.ts';
import { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.ts';

const HELD_MS = 10_000;
/** Waiting inside SQLite would show as one stall of seconds. */
const MAX_STALL_MS = 50;
const FOREVER = '600000';

let program: ChildProgram;
let directory: TemporaryDirectory;
let file: string;
const started: Child[] = [];
const opened: Store[] = [];

beforeAll(async () => {
  program = await buildChild('sqlite-faults', new URL('./fault-child.ts', import.meta.url));
});
afterAll(() => program.remove());
beforeEach(() => {
  directory = temporaryDirectory();
  file = directory.file('concept.db');
});
afterEach(async () => {
  for (const { process: child, exited } of started.splice(0)) {
    child.kill('SIGKILL');
    await exited;
  }
  for (const store of opened.splice(0)) await store.close();
  directory.remove();
});

async function open(maxLockWaitMs?: number): Promise<Store> {
  const store = await openSqliteStore({ file, clock: systemClock, maxLockWaitMs });
  opened.push(store);
  return store;
}

async function lock(holdMs: string): Promise<Child> {
  const child = program.start('lock', file, holdMs);
  started.push(child);
  await child.printed(1);
  return child;
}

const worker = { id: 'w', kind: 'worker', host: 'h', pid: 1, types: null } as const;
const heartbeat = (store: Store) => store.workers.heartbeat({ workerId: 'w', leaseMs: 60_000, held: [] });

// Takes as long as the lock is held: 10 s.
describe('a database that another process keeps locked for ten seconds', () => {
  test('lets submits and heartbeats wait, readers read, and the event loop run', async () => {
    const store = await open();
    await store.workers.register(worker, 60_000);
    await store.tasks.submit(newTask(systemClock));
    const startedAt = performance.now();
    await lock(String(HELD_MS));
    const stalls = monitorEventLoopDelay({ resolution: 5 });
    stalls.enable();
    const writing = Promise.all([
      store.tasks.submit(newTask(systemClock)),
      heartbeat(store),
      store.tasks.submitMany([newTask(systemClock), newTask(systemClock)]),
    ]);
    expect((await store.tasks.list({})).tasks).toHaveLength(1);
    expect(await writing).toMatchObject([{ created: true }, { alive: true, lost: [] }, [{}, {}]]);
    stalls.disable();
    expect(performance.now() - startedAt).toBeGreaterThan(HELD_MS * 0.9);
    expect(await store.tasks.counts({})).toMatchObject({ pending: 4 });
    // The machine itself may stall a process for a moment: what counts is that waiting does not.
    expect(stalls.percentile(99.9) / 1e6).toBeLessThan(MAX_STALL_MS);
    expect(stalls.max / 1e6).toBeLessThan(HELD_MS / 20);
  });
});

describe('a database that stays locked for longer than anybody waits', () => {
  test('says so, what to look for, and works again afterwards', async () => {
    const store = await open(300);
    await store.tasks.submit(newTask(systemClock));
    const child = await lock(FOREVER);
    const startedAt = performance.now();
    const refusals = await Promise.allSettled([store.tasks.submit(newTask(systemClock)), heartbeat(store)]);
    const waitedMs = performance.now() - startedAt;
    const reason = { code: 'STORE_UNAVAILABLE', retryable: true, hint: expect.stringContaining('hanging process') };
    expect(refusals).toMatchObject([{ reason }, { reason }]);
    expect(waitedMs).toBeGreaterThan(290);
    expect(waitedMs).toBeLessThan(3_000);
    child.process.kill('SIGKILL');
    await child.exited;
    expect(await store.tasks.submit(newTask(systemClock))).toMatchObject({ created: true });
    expect(await store.tasks.counts({})).toMatchObject({ pending: 2 });
  });

  test('lets an aborted call go at once, and only that', async () => {
    const store = await open();
    const child = await lock(FOREVER);
    const abort = new AbortController();
    const aborted = store.tasks.submit(newTask(systemClock), { signal: abort.signal });
    const waiting = store.tasks.submit(newTask(systemClock));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const abortedAt = performance.now();
    abort.abort();
    await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' });
    expect(performance.now() - abortedAt).toBeLessThan(100);
    child.process.kill('SIGKILL');
    await child.exited;
    expect(await waiting).toMatchObject({ created: true });
    expect(await store.tasks.counts({})).toMatchObject({ pending: 1 });
  });

  test('is not migrated nor created meanwhile: opening gives up too', async () => {
    await lock(FOREVER);
    await expect(open(200)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', hint: expect.any(String) });
  });
});
