import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../../../src/adapters/stores/sqlite.ts';
import { chooseDriver, type SqliteDatabase } from '../../../../src/adapters/stores/sqlite/driver.ts';
import type { Store } from '../../../../src/ports/store.ts';
import { type FakeClock, fakeClock } from '../../../../src/testing/fake-clock.ts';
import { conceptFor, generationInput, newTask, providerFailure, refinementInput } from '../../../contracts/fixtures.ts';
import { CREATED_MS, createFirstVersion, type FirstTask, insert, insertConcept } from './first-version.ts';
import { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = CREATED_MS + HOUR_MS;
const COSTS = { generation: 2, refinement: 1, coloring: 1, rendition: 1 };
const LEASE_MS = 30_000;

const concept = conceptFor({ id: 'completed', userId: 'u1' }, new Date(CREATED_MS).toISOString());
const refined = {
  ...conceptFor({ id: 'refined', userId: 'u1' }, new Date(CREATED_MS).toISOString()),
  refinement: { prompt: 'warmer', originalImagePath: 'u1/uploads/original.png' },
} as unknown as typeof concept;
const refinement = { ...refinementInput(), original: { kind: 'concept', conceptId: concept.id } };

/** One in every state, and what else a row can say. */
const TASKS: readonly FirstTask[] = [
  { id: 'due', status: 'pending', batchId: 'b', key: 'k' },
  { id: 'later', status: 'pending', runAtMs: NOW_MS + HOUR_MS, waiting: true },
  { id: 'retrying', status: 'pending', attempt: 1, hasError: true, events: ['claimed', 'rescheduled'] },
  { id: 'running', status: 'processing', attempt: 1, batchId: 'b', events: ['claimed', 'stage.started'] },
  { id: 'last-attempt', status: 'processing', attempt: 3, events: ['claimed'] },
  { id: 'completed', status: 'completed', attempt: 1, resultId: concept.id, events: ['claimed', 'completed'] },
  { id: 'failed', status: 'failed', attempt: 3, hasError: true, batchId: 'b', events: ['claimed', 'failed'] },
  { id: 'cancelled', status: 'cancelled', events: ['cancelled'] },
  { id: 'refining', type: 'refinement', status: 'pending', input: refinement },
  { id: 'refined', type: 'refinement', status: 'completed', resultId: refined.id, events: ['claimed', 'completed'] },
  { id: 'damaged', status: 'pending', input: '{"logoDescr' },
];

let directory: TemporaryDirectory;
let file: string;
let clock: FakeClock;
const opened: Store[] = [];

beforeEach(async () => {
  directory = temporaryDirectory();
  file = directory.file('concept.db');
  clock = fakeClock({ nowMs: NOW_MS });
  await withDatabase((database) => {
    createFirstVersion(database, TASKS);
    insertConcept(database, 1, concept);
    insertConcept(database, 2, refined);
    insert(database, 'checkpoint', [1, 3, 'generate-image', '{"path":"x"}']);
    insert(database, 'credit_account', ['u1', 5, 4]);
    insert(database, 'credit_grant', ['u1', 'first', 9, CREATED_MS]);
    for (const seq of [1, 4]) insert(database, 'credit_hold', [seq, 2]);
  });
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  directory.remove();
});

async function withDatabase<T>(work: (database: SqliteDatabase) => T): Promise<T> {
  const database = (await chooseDriver()).open(file);
  try {
    return work(database);
  } finally {
    database.close();
  }
}

async function open(): Promise<Store> {
  const store = await openSqliteStore({ file, clock, credits: COSTS });
  opened.push(store);
  return store;
}

const register = (store: Store): Promise<void> =>
  store.workers.register({ id: 'w', kind: 'worker', host: 'h', pid: 1, types: null }, LEASE_MS);

describe('a database of the first version', () => {
  test('opens, and reads as it did', async () => {
    const store = await open();
    const { tasks } = await store.tasks.list({ limit: 50 });
    const expected = TASKS.map(({ id, status, attempt = 0 }) => ({ id, status, attempt })).toReversed();
    expect(tasks.map(({ id, status, attempt }) => ({ id, status, attempt }))).toEqual(expected);
    expect(await store.tasks.get('due')).toMatchObject({ input: generationInput(), idempotencyKey: 'k', batchId: 'b' });
    expect(await store.tasks.get('retrying')).toMatchObject({ error: providerFailure(), attempt: 1 });
    expect(await store.concepts.get(concept.id)).toEqual(concept);
    expect(await store.concepts.get(refined.id)).toEqual(refined);
    expect(await store.credits.balance('u1')).toEqual({ available: 5, held: 4 });
  });

  test('is whole: every reference holds, and the quick check is clean', async () => {
    const store = await open();
    expect((await store.diagnose()).problems).toEqual([]);
    expect(await withDatabase((database) => database.prepare('PRAGMA foreign_key_check').all())).toEqual([]);
  });

  test('keeps the events, each story beginning with its submission', async () => {
    const store = await open();
    for (const { id, events = [] } of TASKS) {
      const told = await store.events.list({ taskId: id });
      expect(told.map(({ type }) => type)).toEqual(['submitted', ...events]);
      expect(told.map(({ seq }) => seq)).toEqual(told.map((_, index) => index + 1));
    }
  });

  test('counts right, in all and in a batch', async () => {
    const store = await open();
    expect(await store.tasks.counts({})).toEqual({
      pending: 5,
      due: 4,
      retrying: 0,
      processing: 2,
      completed: 2,
      failed: 1,
      cancelled: 1,
    });
    expect(await store.tasks.counts({ batchId: 'b' })).toMatchObject({ pending: 1, processing: 1, failed: 1 });
    expect(await store.tasks.cancel('due')).toMatchObject({ status: 'cancelled' });
    expect(await store.tasks.counts({ batchId: 'b' })).toMatchObject({ pending: 0, cancelled: 1 });
    expect(await store.credits.balance('u1')).toEqual({ available: 7, held: 2 });
  });

  test('gets back what was running: its leases are given up', async () => {
    const store = await open();
    const lease = { taskId: 'running', token: 'token-4', workerId: 'old-worker' };
    await expect(store.leases.record({ lease, events: [] })).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(await store.leases.sweep()).toEqual({ returned: 1, failed: 1 });
    expect(await store.tasks.get('running')).toMatchObject({ status: 'pending', attempt: 1 });
    expect(await store.tasks.get('last-attempt')).toMatchObject({ status: 'failed', error: { code: 'LEASE_EXPIRED' } });
    const told = await store.events.list({ taskId: 'running' });
    expect(told.map(({ seq, type }) => `${seq} ${type}`).at(-1)).toBe('4 lease.expired');
  });

  test('is worked on in the order of submission, from the checkpoints that were kept', async () => {
    const store = await open();
    await register(store);
    const claimed = await store.leases.claim({ workerId: 'w', limit: 10 });
    expect(claimed.map(({ task }) => task.id)).toEqual(['due', 'retrying', 'refining']);
    expect(claimed[1]!.checkpoints).toEqual([{ stage: 'generate-image', data: { path: 'x' } }]);
    expect(await store.tasks.get('later')).toMatchObject({ status: 'pending' });
    const due = conceptFor({ id: 'due', userId: 'u1' }, new Date(clock.now()).toISOString());
    await store.leases.complete({ lease: claimed[0]!.lease, result: { concept: due, partial: false } });
    expect(await store.concepts.get(due.id)).toEqual(due);
    expect(await store.credits.balance('u1')).toEqual({ available: 5, held: 2 });
  });

  test('fails a task whose input was damaged before there were checksums, and no other', async () => {
    const store = await open();
    await register(store);
    await store.leases.claim({ workerId: 'w', limit: 10 });
    const { tasks } = await store.tasks.list({ status: 'failed' });
    expect(tasks.map(({ id, error }) => [id, error?.code])).toContainEqual(['damaged', 'STORE_CORRUPT']);
  });

  test('still knows its idempotency keys', async () => {
    const store = await open();
    const again = newTask(clock, { idempotencyKey: 'k', inputHash: 'hash-due' });
    expect(await store.tasks.submit(again)).toMatchObject({ created: false, task: { id: 'due' } });
    const other = newTask(clock, { idempotencyKey: 'k' });
    await expect(store.tasks.submit(other)).rejects.toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
  });

  test('keeps images that unfinished tasks work from', async () => {
    const store = await open();
    expect(await store.retention.remove(['completed'])).toEqual([]);
    const paths = [concept.image.path, 'u1/uploads/original.png', 'u1/nobody/x.png'];
    expect(await store.retention.referenced(paths)).toEqual(paths.slice(0, 2));
    await store.tasks.cancel('refining');
    expect(await store.retention.remove(['completed'])).toMatchObject([{ taskId: 'completed' }]);
  });

  test('lets old and new users take turns: nobody waits for the whole backlog of another', async () => {
    const store = await open();
    await register(store);
    await store.credits.grant({ userId: 'u2', amount: 100, key: 'g' });
    await store.tasks.submitMany(Array.from({ length: 20 }, () => newTask(clock, { userId: 'u2' })));
    const claimed = await store.leases.claim({ workerId: 'w', limit: 9 });
    // Of the first user's tasks the first, second and fifth are in line: others were running, or take their turn when due.
    const users = ['u1', 'u2', 'u1', 'u2', 'u2', 'u2', 'u1', 'u2'];
    expect(claimed.map(({ task }) => task.userId)).toEqual(users);
  });
});
