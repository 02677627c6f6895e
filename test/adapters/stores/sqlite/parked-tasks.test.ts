import { afterEach, beforeEach, expect, test } from 'vitest';
import { LOOKED_AT_ONCE } from '../../../../src/adapters/stores/sqlite/mend-parked.ts';
import { openDatabase } from '../../../../src/adapters/stores/sqlite/open-database.ts';
import { createSession, type Session } from '../../../../src/adapters/stores/sqlite/session.ts';
import { sqliteTaskLeases } from '../../../../src/adapters/stores/sqlite/task-leases.ts';
import { sqliteTaskStore } from '../../../../src/adapters/stores/sqlite/task-store.ts';
import { sqliteWorkerRegistry } from '../../../../src/adapters/stores/sqlite/worker-registry.ts';
import type { ProcessingTask } from '../../../../src/core/task.ts';
import { type FakeClock, fakeClock } from '../../../../src/testing/fake-clock.ts';
import { newTask } from '../../../contracts/fixtures.ts';
import { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.ts';

const USERS = 100;
const HOUR_MS = 3_600_000;

let directory: TemporaryDirectory;
let clock: FakeClock;
let session: Session;
let taskNumber = 0;

beforeEach(async () => {
  directory = temporaryDirectory();
  const file = directory.file('concept.db');
  clock = fakeClock();
  const { connection } = await openDatabase({ file, durability: 'normal', createIfMissing: true });
  session = createSession(connection, { file, clock, costs: undefined, durability: 'normal' });
  const worker = { id: 'w', kind: 'worker', host: 'h', pid: 1, types: null } as const;
  await sqliteWorkerRegistry(session).register(worker, HOUR_MS);
});
afterEach(async () => {
  await session.close();
  directory.remove();
});

async function submit(userId: string, count: number): Promise<void> {
  const tasks = Array.from({ length: count }, () => newTask(clock, { id: `t${(taskNumber += 1)}`, userId }));
  await sqliteTaskStore(session).submitMany(tasks);
}

async function claim(limit: number, perUser: number | undefined): Promise<ProcessingTask[]> {
  const limits = perUser === undefined ? undefined : { perUser };
  const claimed = await sqliteTaskLeases(session).claim({ workerId: 'w', limit, limits });
  return claimed.map(({ task }) => task);
}

const sweep = (): Promise<unknown> => sqliteTaskLeases(session).sweep();
const rings = (): number => session.bells.work.version();

function count(waiting: number): number {
  const sql = "SELECT count(*) AS count FROM task WHERE status = 'pending' AND waiting = ?";
  return session.one<{ count: number }>(sql, waiting)!.count;
}

/** Each of many users runs one task and has others, all of them parked. */
async function parkMany(each: number): Promise<void> {
  for (let user = 0; user < USERS; user += 1) await submit(`user${user}`, each + 1);
  expect(await claim(USERS, 1)).toHaveLength(USERS);
  while (count(0) > 0) expect(await claim(1, 1)).toEqual([]);
  expect(count(2)).toBe(USERS * each);
}

test('a newcomer is served, however many users are at their limit and however often it was swept', async () => {
  await parkMany(20);
  // Another user's tasks move the clock past the turns of all that is parked.
  await submit('other', 40);
  expect(await claim(40, 40)).toHaveLength(40);
  for (let round = 0; round < 5; round += 1) await sweep();
  await submit('newcomer', 1);
  const claimed = await claim(1, 1);
  expect(claimed.map(({ userId }) => userId)).toEqual(['newcomer']);
});

test('a sweep puts one task of some users back, the next one of the others, and rings only for those', async () => {
  await parkMany(3);
  let before = rings();
  await sweep();
  expect(count(0)).toBe(LOOKED_AT_ONCE);
  expect(rings()).toBeGreaterThan(before);
  while (count(0) < USERS) {
    const waiting = count(0);
    await sweep();
    expect(count(0)).toBeGreaterThan(waiting);
  }
  before = rings();
  for (let round = 0; round < 5; round += 1) await sweep();
  expect(count(0), 'one of each is in line already').toBe(USERS);
  expect(rings()).toBe(before);
});

test('sweeps bring a limit that was raised to all', async () => {
  await parkMany(1);
  let claimed = 0;
  for (let round = 0; round < USERS / LOOKED_AT_ONCE + 1; round += 1) {
    await sweep();
    claimed += (await claim(USERS, 2)).length;
  }
  expect(claimed).toBe(USERS);
});

test('a claim that cannot get past those at their limit in one go calls for another', async () => {
  await submit('busy', 1);
  expect(await claim(1, 1)).toHaveLength(1);
  await submit('busy', 2_500);
  await submit('newcomer', 1);
  await session.write(undefined, () => session.run("UPDATE task SET turn = 9999 WHERE user_id = 'newcomer'"));
  const claimed: ProcessingTask[] = [];
  const calls: boolean[] = [];
  for (let round = 0; round < 10 && claimed.length === 0; round += 1) {
    const before = rings();
    claimed.push(...(await claim(1, 1)));
    calls.push(rings() > before);
  }
  expect(calls.length).toBeGreaterThan(1);
  expect(calls.slice(0, -1), 'every claim but the last rings').not.toContain(false);
  expect(claimed.map(({ userId }) => userId)).toEqual(['newcomer']);
});
