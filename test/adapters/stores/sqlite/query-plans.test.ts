import { afterEach, beforeEach, expect, test } from 'vitest';
import { chooseDriver, type SqliteDatabase } from '../../../../src/adapters/stores/sqlite/driver.ts';
import { sqliteBulkChanges } from '../../../../src/adapters/stores/sqlite/bulk-changes.ts';
import { openDatabase } from '../../../../src/adapters/stores/sqlite/open-database.ts';
import { sqliteRetention } from '../../../../src/adapters/stores/sqlite/retention.ts';
import { createSession, type Session } from '../../../../src/adapters/stores/sqlite/session.ts';
import { sqliteTaskLeases } from '../../../../src/adapters/stores/sqlite/task-leases.ts';
import { sqliteTaskStore } from '../../../../src/adapters/stores/sqlite/task-store.ts';
import { sqliteWorkerRegistry } from '../../../../src/adapters/stores/sqlite/worker-registry.ts';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import { conceptFor, newTask, providerFailure } from '../../../contracts/fixtures.ts';
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

test('putting due tasks in line walks those that wait in the order of their times, then goes by row numbers', async () => {
  await setUp();
  const runAt = new Date(Date.now() + 5).toISOString();
  await sqliteTaskStore(session).submit(newTask(systemClock, { runAt }));
  while (Date.now() <= Date.parse(runAt)) await new Promise((resolve) => setTimeout(resolve, 1));
  const plans = await plansOf(() => sqliteTaskLeases(session).claim({ workerId: 'w', limit: 3 }));
  expect(plans).toContainEqual('SEARCH task USING INDEX task_waiting (run_at<?)');
  expect(plans).toContainEqual('SEARCH task USING INTEGER PRIMARY KEY (rowid=?)');
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

const LIMITS = { total: 50, perUser: 1, perType: { generation: 20 }, perProvider: 10 } as const;

test('a claim within limits walks the same index, and looks at running tasks by theirs', async () => {
  await setUp();
  await sqliteTaskStore(session).submitMany(Array.from({ length: 3 }, () => newTask(systemClock)));
  const request = { workerId: 'w', limit: 3, ahead: 2, provider: 'p', limits: LIMITS } as const;
  const plans = await plansOf(() => sqliteTaskLeases(session).claim(request));
  expect(plans).toContainEqual(expect.stringMatching(/^SEARCH task USING (COVERING )?INDEX task_ready \(type=\?\)/));
  expect(plans).toContainEqual(expect.stringMatching(/^(SCAN|SEARCH) task USING COVERING INDEX task_processing/));
  expect(withoutRunning(plans)).toEqual([]);
});

test('parked tasks are found by their index, of one user in claim order', async () => {
  await setUp();
  await sqliteTaskStore(session).submitMany(Array.from({ length: 3 }, () => newTask(systemClock)));
  const leases = sqliteTaskLeases(session);
  const plans = await plansOf(async () => {
    const [claimed] = await leases.claim({ workerId: 'w', limit: 3, limits: LIMITS });
    await leases.complete({ lease: claimed!.lease, result: { data: {}, files: [], partial: false } });
    await leases.claim({ workerId: 'w', limit: 1, limits: LIMITS });
    await leases.sweep();
    await leases.claim({ workerId: 'w', limit: 1 });
  });
  const parked = plans.filter((plan) => plan.includes('task_parked'));
  expect(parked).toContainEqual(
    expect.stringMatching(/^SEARCH task USING COVERING INDEX task_parked \(user_id=\? AND type=\?\)/),
  );
  expect(parked).toContainEqual('SEARCH task USING COVERING INDEX task_parked (user_id=? AND type>?)');
  expect(parked).toContainEqual('SEARCH task USING COVERING INDEX task_parked (user_id>?)');
  expect(plans.filter((plan) => /TEMP B-TREE FOR (LAST|RIGHT)/.test(plan))).toEqual([]);
  // Once per process the sweep looks at the waiting ones for retries that a clock set back has stranded.
  const few = /task_parked|task_waiting/;
  expect(withoutRunning(plans).filter((plan) => !few.test(plan))).toEqual([]);
});

test('completing a task touches rows by their numbers alone', async () => {
  await setUp();
  const leases = sqliteTaskLeases(session);
  const [claimed] = await leases.claim({ workerId: 'w', limit: 1 });
  const { task, lease } = claimed!;
  const concept = conceptFor(task, new Date().toISOString());
  const plans = await plansOf(() => leases.complete({ lease, result: { concept, partial: false } }));
  expect(plans).toContainEqual('SEARCH task USING INTEGER PRIMARY KEY (rowid=?)');
  expect(plans.filter(isScan)).toEqual([]);
  expect(plans.filter((plan) => GROWS.test(plan))).toEqual([]);
});

test('recording and saving checkpoints touch one task', async () => {
  await setUp();
  const leases = sqliteTaskLeases(session);
  const [claimed] = await leases.claim({ workerId: 'w', limit: 1 });
  const { lease } = claimed!;
  const plans = await plansOf(async () => {
    await leases.record({ lease, events: [], progress: { stage: 's', fraction: 0 } });
    await leases.checkpoint({ lease, checkpoint: { stage: 's', data: 1 } });
    await leases.fail({ lease, error: providerFailure(), retryAt: null });
  });
  expect(plans).toContainEqual(expect.stringMatching(/^SEARCH checkpoint USING INDEX checkpoint_task/));
  expect(plans.filter((plan) => isScan(plan) || GROWS.test(plan))).toEqual([]);
});

test('changes to many tasks find them by batch, by user or among the failed', async () => {
  await setUp();
  const bulk = sqliteBulkChanges(session);
  for (const [selection, index] of [
    [{ batchId: 'b' }, 'task_batch'],
    [{ userId: 'u1' }, 'task_user'],
  ] as const) {
    const plans = await plansOf(() => bulk.cancel({ ...selection, limit: 100 }));
    expect(plans).toContainEqual(expect.stringMatching(new RegExp(`^SEARCH task USING INDEX ${index}`)));
    expect(plans.filter((plan) => GROWS.test(plan))).toEqual([]);
  }
  const plans = await plansOf(() => bulk.retry({ status: 'failed', errorCode: 'TIMEOUT', limit: 100 }));
  expect(plans).toContainEqual(expect.stringMatching(/task_failed/));
  expect(plans.filter((plan) => /TEMP B-TREE/.test(plan))).toEqual([]);
});

test('retention reads pages of finished tasks and removes each by its keys', async () => {
  await setUp();
  const retention = sqliteRetention(session);
  const plans = await plansOf(async () => {
    const { task } = await sqliteTaskStore(session).submit(newTask(systemClock));
    await sqliteTaskStore(session).cancel(task.id);
    await retention.finished({ limit: 10 });
    await retention.referenced(['u1/x/y.png']);
    await retention.remove([task.id]);
  });
  // The page: from the newest row downwards, until it is full.
  expect(plans).toContainEqual('SEARCH task USING INTEGER PRIMARY KEY (rowid<?)');
  expect(plans.filter(isScan)).toEqual([]);
  expect(plans.filter((plan) => /TEMP B-TREE/.test(plan))).toEqual([]);
});

/** What grows with the tasks that wait or are finished; those that run are few. */
function withoutRunning(plans: readonly string[]): string[] {
  return plans.filter((plan) => /SCAN (task|event)/.test(plan) && !plan.includes('task_processing'));
}

/** Of the lists that a call passes, and a look whether there is any hold at all, nothing grows. */
function isScan(plan: string): boolean {
  return /SCAN (?!value|wanted|json_each|credit_hold)/.test(plan);
}
