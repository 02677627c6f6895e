import { afterEach, beforeEach, expect, test } from 'vitest';
import { chooseDriver } from '../../../../src/adapters/stores/sqlite/driver.ts';
import { openDatabase } from '../../../../src/adapters/stores/sqlite/open-database.ts';
import { createSession, type Session } from '../../../../src/adapters/stores/sqlite/session.ts';
import { sqliteTaskLeases } from '../../../../src/adapters/stores/sqlite/task-leases.ts';
import { sqliteTaskStore } from '../../../../src/adapters/stores/sqlite/task-store.ts';
import { sqliteWorkerRegistry } from '../../../../src/adapters/stores/sqlite/worker-registry.ts';
import { PROMOTED_AT_ONCE } from '../../../../src/adapters/stores/sqlite/waiting-tasks.ts';
import type { NewTask } from '../../../../src/core/task.ts';
import { type FakeClock, fakeClock } from '../../../../src/testing/fake-clock.ts';
import { newTask } from '../../../contracts/fixtures.ts';
import { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.ts';

const COUNT = PROMOTED_AT_ONCE * 3;
const HOUR_MS = 3_600_000;
const DELAY_MS = 5_000;

let directory: TemporaryDirectory;
let file: string;
let clock: FakeClock;
let session: Session;
/** Rows that each committed statement changed. */
const changes: number[] = [];

beforeEach(async () => {
  directory = temporaryDirectory();
  file = directory.file('concept.db');
  clock = fakeClock();
  const { connection } = await openDatabase({ file, durability: 'normal', createIfMissing: true });
  const counting = {
    ...connection,
    run: (...call: Parameters<typeof connection.run>) => {
      const count = connection.run(...call);
      changes.push(count);
      return count;
    },
  };
  session = createSession(counting, { file, clock, costs: undefined, durability: 'normal' });
  const worker = { id: 'w', kind: 'worker', host: 'h', pid: 1, types: null } as const;
  await sqliteWorkerRegistry(session).register(worker, HOUR_MS * 10);
});
afterEach(async () => {
  await session.close();
  directory.remove();
});

/** @returns their ids. */
async function submitLater(count = COUNT, overrides?: Partial<NewTask>): Promise<string[]> {
  const runAt = new Date(clock.now() + DELAY_MS).toISOString();
  const tasks = Array.from({ length: count }, (_, index) => newTask(clock, { id: `t${index}`, runAt, ...overrides }));
  const outcomes = await sqliteTaskStore(session).submitMany(tasks);
  return outcomes.map(({ task }) => task.id);
}

const claim = async (request: { limit: number; taskId?: string }): Promise<string[]> => {
  const claimed = await sqliteTaskLeases(session).claim({ workerId: 'w', ...request });
  return claimed.map(({ task }) => task.id);
};

async function inLine(): Promise<number> {
  const database = (await chooseDriver()).open(file);
  const sql = "SELECT count(*) AS count FROM task WHERE status = 'pending' AND waiting = 0";
  const [row] = database.prepare(sql).all() as { count: number }[];
  database.close();
  return row!.count;
}

test('a claim puts so many due tasks in line, and the following ones the rest', async () => {
  const ids = await submitLater();
  clock.advance(DELAY_MS);
  const version = session.bells.work.version();
  expect(await claim({ limit: 1 })).toHaveLength(1);
  expect(await inLine()).toBe(PROMOTED_AT_ONCE - 1);
  expect(session.bells.work.version(), 'others are told').toBeGreaterThan(version);
  const rest: string[] = [];
  while (rest.length < COUNT - 1) {
    const more = await claim({ limit: PROMOTED_AT_ONCE });
    expect(more.length, 'nothing is left behind').toBeGreaterThan(0);
    rest.push(...more);
  }
  expect(new Set(rest).size).toBe(ids.length - 1);
});

test('a sweep does so, too', async () => {
  await submitLater();
  clock.advance(DELAY_MS);
  await sqliteTaskLeases(session).sweep();
  expect(await inLine()).toBe(PROMOTED_AT_ONCE);
  await sqliteTaskLeases(session).sweep();
  expect(await inLine()).toBe(PROMOTED_AT_ONCE * 2);
});

test('a claim that names a due task gets it, however many were due before it', async () => {
  const ids = await submitLater();
  clock.advance(DELAY_MS);
  expect(await claim({ limit: 1, taskId: ids.at(-1)! })).toEqual([ids.at(-1)]);
});

test('retries that a clock set back stranded are freed some at a time, all by one sweep', async () => {
  await submitLater();
  clock.advance(DELAY_MS);
  await sqliteTaskLeases(session).sweep();
  const error = { code: 'TIMEOUT', message: 'too slow', retryable: true, stage: null, hint: '' };
  const sql = 'UPDATE task SET waiting = 1, attempt = 1, error = ?, run_at = ?, updated_at = ?';
  const now = clock.now();
  await session.write(undefined, () => session.run(sql, JSON.stringify(error), now + DELAY_MS, now));
  clock.step(-HOUR_MS);
  changes.length = 0;
  await sqliteTaskLeases(session).sweep();
  expect(Math.max(...changes)).toBe(PROMOTED_AT_ONCE);
  await sqliteTaskLeases(session).sweep();
  await sqliteTaskLeases(session).sweep();
  expect(await inLine()).toBe(COUNT);
});
