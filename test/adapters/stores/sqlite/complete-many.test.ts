import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../../../src/adapters/stores/sqlite/open-database.ts';
import { createSession, type Session } from '../../../../src/adapters/stores/sqlite/session.ts';
import { sqliteTaskLeases } from '../../../../src/adapters/stores/sqlite/task-leases.ts';
import { sqliteTaskStore } from '../../../../src/adapters/stores/sqlite/task-store.ts';
import { sqliteWorkerRegistry } from '../../../../src/adapters/stores/sqlite/worker-registry.ts';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import type { NewTask } from '../../../../src/core/task.ts';
import type { ClaimedTask } from '../../../../src/ports/task-leases.ts';
import { newTask } from '../../../contracts/fixtures.ts';
import { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.ts';

const RESULT = { data: {}, files: [], partial: false };

let directory: TemporaryDirectory;
let session: Session;
const sessions: Session[] = [];

beforeEach(async () => {
  directory = temporaryDirectory();
  session = await open();
  for (const id of ['w', 'other']) {
    await sqliteWorkerRegistry(session).register({ id, kind: 'worker', host: 'h', pid: 1, types: null }, 60_000);
  }
});
afterEach(async () => {
  await Promise.all(sessions.splice(0).map((opened) => opened.close()));
  directory.remove();
});

async function open(): Promise<Session> {
  const file = directory.file('concept.db');
  const { connection } = await openDatabase({ file, durability: 'normal', createIfMissing: true });
  const opened = createSession(connection, { file, clock: systemClock, costs: undefined, durability: 'normal' });
  sessions.push(opened);
  return opened;
}

async function submit(count: number, changes: Partial<NewTask<'generation'>> = {}): Promise<void> {
  await sqliteTaskStore(session).submitMany(Array.from({ length: count }, () => newTask(systemClock, changes)));
}

const claim = (limit: number, workerId = 'w'): Promise<readonly ClaimedTask[]> =>
  sqliteTaskLeases(session).claim({ workerId, limit });

/** In one turn of the event loop, and so in one group. @returns the code of what refused each; undefined for what was accepted. */
async function completeTogether(claimed: readonly ClaimedTask[], by = session): Promise<(string | undefined)[]> {
  const leases = sqliteTaskLeases(by);
  const outcomes = await Promise.allSettled(claimed.map(({ lease }) => leases.complete({ lease, result: RESULT })));
  return outcomes.map((outcome) =>
    outcome.status === 'rejected' ? (outcome.reason as { code: string }).code : undefined,
  );
}

const counts = (query = {}) => sqliteTaskStore(session).counts(query);

/** What the rows say themselves, whatever the counters do. */
function statuses(): string[] {
  return session.all<{ status: string }>('SELECT status FROM task ORDER BY seq').map(({ status }) => status);
}

test('of a group, the one whose lease is void is refused alone', async () => {
  await submit(5, { batchId: 'b' });
  const claimed = await claim(5);
  await sqliteTaskStore(session).cancel(claimed[2]!.task.id);
  expect(await completeTogether(claimed)).toEqual([undefined, undefined, 'LEASE_LOST', undefined, undefined]);
  expect(statuses()).toEqual(['completed', 'completed', 'cancelled', 'completed', 'completed']);
  for (const query of [{}, { batchId: 'b' }]) {
    expect(await counts(query)).toMatchObject({ completed: 4, cancelled: 1, processing: 0 });
  }
  // Each has told its story once: what was undone on the way left nothing behind.
  expect(session.all('SELECT DISTINCT event_seq AS number FROM task WHERE status = ?', 'completed')).toEqual([
    { number: 3 },
  ]);
});

test('a group of a worker that is not alive is refused whole', async () => {
  await submit(3);
  const claimed = await claim(3);
  await sqliteWorkerRegistry(session).retire('w');
  expect(await completeTogether(claimed)).toEqual(['LEASE_LOST', 'LEASE_LOST', 'LEASE_LOST']);
  expect(statuses()).not.toContain('completed');
});

test('a task that is completed twice in a group is completed once', async () => {
  await submit(2);
  const claimed = await claim(2);
  expect(await completeTogether([...claimed, claimed[0]!])).toEqual([undefined, undefined, 'LEASE_LOST']);
  expect(await counts()).toMatchObject({ completed: 2, processing: 0 });
});

test('a lease that names another task than its token completes nothing', async () => {
  await submit(2);
  const [first, second] = await claim(2);
  const mixed = { ...first!, lease: { ...first!.lease, taskId: second!.task.id } };
  expect(await completeTogether([mixed])).toEqual(['LEASE_LOST']);
  expect(statuses()).toEqual(['processing', 'processing']);
});

test('tasks with those of others between them are completed without touching these', async () => {
  await submit(6);
  const mine = [...(await claim(1)), ...(await claim(1, 'other')), ...(await claim(2)), ...(await claim(1, 'other'))];
  const own = mine.filter(({ lease }) => lease.workerId === 'w');
  expect(await completeTogether(own.slice(0, 2))).toEqual([undefined, undefined]);
  expect(statuses()).toEqual(['completed', 'processing', 'completed', 'processing', 'processing', 'pending']);
});

test('the counters are right for tasks of several batches, and where another process claimed', async () => {
  await submit(2, { batchId: 'a' });
  await submit(2, { batchId: 'b' });
  await submit(1);
  const claimed = await claim(5);
  const another = await open();
  expect(await completeTogether(claimed.slice(0, 3), another)).toEqual([undefined, undefined, undefined]);
  expect(await completeTogether(claimed.slice(3))).toEqual([undefined, undefined]);
  expect(await counts({ batchId: 'a' })).toMatchObject({ completed: 2, processing: 0 });
  expect(await counts({ batchId: 'b' })).toMatchObject({ completed: 2, processing: 0 });
  expect(await counts()).toMatchObject({ completed: 5, processing: 0, pending: 0 });
});
