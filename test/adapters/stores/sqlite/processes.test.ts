import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openSqliteStore } from '../../../../src/adapters/stores/sqlite.ts';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import type { Store } from '../../../../src/ports/store.ts';
import { fakeClock } from '../../../../src/testing/fake-clock.ts';
import { newTask } from '../../../contracts/fixtures.ts';
import { buildChild, type Child, type ChildProgram } from './child-process.ts';
import { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.ts';

let program: ChildProgram;
let directory: TemporaryDirectory;
let file: string;
const opened: Store[] = [];

beforeAll(async () => {
  program = await buildChild('sqlite');
});
afterAll(() => program.remove());
beforeEach(() => {
  directory = temporaryDirectory();
  file = directory.file('concept.db');
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  directory.remove();
});

async function open(clock = systemClock): Promise<Store> {
  const store = await openSqliteStore({ file, clock });
  opened.push(store);
  return store;
}

function idsPrintedBy(children: readonly Child[]): string[] {
  return children.flatMap(({ lines }) => lines.map(String));
}

async function expectSuccess(children: readonly Child[]): Promise<void> {
  const ends = await Promise.all(children.map(({ exited }) => exited));
  expect(ends).toEqual(children.map(() => ({ code: 0, stderr: '' })));
}

test('ten processes open and migrate one fresh file at once', async () => {
  const children = Array.from({ length: 10 }, () => program.start('submit', file));
  await expectSuccess(children);
  const { tasks } = await (await open()).tasks.list({});
  expect(tasks.map(({ id }) => id).toSorted()).toEqual(idsPrintedBy(children).toSorted());
});

test('two processes never claim the same task, and leave none', async () => {
  const store = await open();
  await store.tasks.submitMany(Array.from({ length: 200 }, () => newTask(systemClock)));
  const children = [program.start('drain', file, 'w1'), program.start('drain', file, 'w2')];
  await expectSuccess(children);
  const claimed = idsPrintedBy(children);
  expect(claimed).toHaveLength(200);
  expect(new Set(claimed).size).toBe(200);
});

test('a task of a worker killed by kill -9 comes back once its lease has run out', async () => {
  const clock = fakeClock({ nowMs: Date.now(), monotonicMs: systemClock.monotonic() + 10_000 });
  const store = await open(clock);
  await store.tasks.submit(newTask(clock));
  const child = program.start('hang', file, 'killed', '30000');
  await child.printed(1);
  child.process.kill('SIGKILL');
  expect((await child.exited).code).toBeNull();
  expect(await store.leases.sweep()).toEqual({ returned: 0, failed: 0 });
  clock.advance(60_000);
  expect(await store.leases.sweep()).toEqual({ returned: 1, failed: 0 });
  expect(await store.tasks.get(child.lines[0] as string)).toMatchObject({ status: 'pending', attempt: 1 });
});

test('news of one process wakes another', async () => {
  const store = await open();
  const child = program.start('listen', file);
  await child.printed(1);
  await store.tasks.submit(newTask(systemClock));
  await child.printed(2);
  expect(child.lines).toEqual(['listening', 1]);
  await expectSuccess([child]);
});

test('closing ends what still waits: the process leaves', async () => {
  const child = program.start('leave', file);
  expect(await child.exited).toEqual({ code: 0, stderr: '' });
});
