import { afterEach, beforeEach, expect, test } from 'vitest';
import { chooseDriver, type SqliteDatabase } from '../../../../src/adapters/stores/sqlite/driver.ts';
import { openDatabase } from '../../../../src/adapters/stores/sqlite/open-database.ts';
import { createSession, type Session } from '../../../../src/adapters/stores/sqlite/session.ts';
import { sqliteTaskLeases } from '../../../../src/adapters/stores/sqlite/task-leases.ts';
import { sqliteTaskStore } from '../../../../src/adapters/stores/sqlite/task-store.ts';
import { sqliteWorkerRegistry } from '../../../../src/adapters/stores/sqlite/worker-registry.ts';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import { newTask } from '../../../contracts/fixtures.ts';
import { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.ts';

let directory: TemporaryDirectory;
let session: Session;
let planner: SqliteDatabase;
const statements: string[] = [];

beforeEach(async () => {
  directory = temporaryDirectory();
  const file = directory.file('concept.db');
  const { connection } = await openDatabase({ file, durability: 'normal', createIfMissing: true });
  const recording = {
    ...connection,
    one: record(connection.one),
    all: record(connection.all),
    run: record(connection.run),
  };
  session = createSession(recording, { file, clock: systemClock, costs: undefined, durability: 'normal' });
  planner = (await chooseDriver()).open(file);
});
afterEach(async () => {
  planner.close();
  await session.close();
  directory.remove();
});

function record<Call extends (sql: string, ...rest: never[]) => unknown>(call: Call): Call {
  return ((sql: string, ...rest: never[]) => {
    statements.push(sql);
    return call(sql, ...rest);
  }) as Call;
}

/** How SQLite runs the statements that `work` makes. */
async function plansOf(work: () => Promise<unknown>): Promise<string[]> {
  statements.length = 0;
  await work();
  const queries = [...new Set(statements)].filter((sql) => /^\s*(SELECT|UPDATE|INSERT|DELETE)/.test(sql));
  return queries.flatMap((sql) => {
    const rows = planner.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[];
    return rows.map(({ detail }) => detail);
  });
}

async function setUp(): Promise<void> {
  await sqliteTaskStore(session).submit(newTask(systemClock));
  const worker = { id: 'w', kind: 'worker', host: 'h', pid: 1, types: null } as const;
  await sqliteWorkerRegistry(session).register(worker, 60_000);
}

/** Reading a whole table or index, or sorting: what grows with the number of tasks. */
const GROWS = /SCAN task|SCAN event|TEMP B-TREE/;

test('a claim walks the index in its order: no scan, no sort, at any number of tasks', async () => {
  await setUp();
  const plans = await plansOf(() => sqliteTaskLeases(session).claim({ workerId: 'w', limit: 3 }));
  expect(plans).toContainEqual(expect.stringMatching(/^SEARCH task USING COVERING INDEX task_ready \(type=\?\)/));
  expect(plans).toContainEqual(
    expect.stringMatching(/^SEARCH task USING (COVERING )?INDEX task_waiting \(run_at<\?\)/),
  );
  expect(plans.filter((plan) => GROWS.test(plan))).toEqual([]);
});

test('submitting, reading, beating and ending a task read no whole table', async () => {
  await setUp();
  const tasks = sqliteTaskStore(session);
  const plans = await plansOf(async () => {
    const { task } = await tasks.submit(newTask(systemClock, { idempotencyKey: 'k' }));
    await tasks.get(task.id);
    const [claimed] = await sqliteTaskLeases(session).claim({ workerId: 'w', limit: 1, taskId: task.id });
    const { lease } = claimed!;
    await sqliteWorkerRegistry(session).heartbeat({ workerId: 'w', leaseMs: 60_000, held: [lease] });
    await sqliteTaskLeases(session).release(lease);
  });
  expect(plans.length).toBeGreaterThan(5);
  expect(plans.filter((plan) => GROWS.test(plan))).toEqual([]);
});

test('counting reads the counters and the waiting tasks, not the table', async () => {
  await setUp();
  const plans = await plansOf(() => sqliteTaskStore(session).counts({}));
  expect(plans.length).toBeGreaterThan(1);
  expect(plans.filter((plan) => GROWS.test(plan))).toEqual([]);
});

test('a page of a user, a batch or the failed tasks is read by its index', async () => {
  await setUp();
  const tasks = sqliteTaskStore(session);
  for (const query of [{ userId: 'u1' }, { batchId: 'b' }, { status: 'failed' }] as const) {
    const plans = await plansOf(() => tasks.list(query));
    expect(plans).toContainEqual(expect.stringMatching(/^SEARCH task USING INDEX task_(user|batch|failed)/));
    expect(plans.filter((plan) => GROWS.test(plan))).toEqual([]);
  }
});

test('the sweep of a clean store looks at running tasks only', async () => {
  await setUp();
  const plans = await plansOf(() => sqliteTaskLeases(session).sweep());
  expect(plans).toContainEqual(expect.stringMatching(/task_processing/));
});
