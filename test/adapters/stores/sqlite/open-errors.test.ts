import { accessSync, constants, chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../../../src/adapters/stores/sqlite.ts';
import { createConnection } from '../../../../src/adapters/stores/sqlite/connection.ts';
import { chooseDriver, type SqliteDatabase } from '../../../../src/adapters/stores/sqlite/driver.ts';
import { openDatabase } from '../../../../src/adapters/stores/sqlite/open-database.ts';
import { createSession } from '../../../../src/adapters/stores/sqlite/session.ts';
import { sqliteTaskStore } from '../../../../src/adapters/stores/sqlite/task-store.ts';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import { newTask } from '../../../contracts/fixtures.ts';
import { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.ts';

let directory: TemporaryDirectory;
let file: string;

beforeEach(() => {
  directory = temporaryDirectory();
  file = directory.file('concept.db');
});
afterEach(() => directory.remove());

const open = (path = file) => openSqliteStore({ file: path, clock: systemClock });

async function raw(work: (database: SqliteDatabase) => void): Promise<void> {
  const database = (await chooseDriver()).open(file);
  try {
    work(database);
  } finally {
    database.close();
  }
}

function refusal(code: string, path = file) {
  return { code, message: expect.stringContaining(path), hint: expect.stringMatching(/\w/) };
}

describe('opening refuses, and leaves the file as it was,', () => {
  test('a file that is not a database', async () => {
    writeFileSync(file, 'this is a text file, not a database\n'.repeat(100));
    const before = readFileSync(file);
    await expect(open()).rejects.toMatchObject(refusal('STORE_CORRUPT'));
    expect(readFileSync(file)).toEqual(before);
  });

  test("another program's database", async () => {
    await raw((database) => database.exec('CREATE TABLE recipe (name TEXT)'));
    const before = readFileSync(file);
    await expect(open()).rejects.toMatchObject(refusal('STORE_CORRUPT'));
    expect(readFileSync(file)).toEqual(before);
  });

  test('a file from a newer version, naming both versions', async () => {
    await (await open()).close();
    await raw((database) => database.exec('PRAGMA user_version = 99'));
    const refused = open();
    await expect(refused).rejects.toMatchObject(refusal('STORE_TOO_NEW'));
    await expect(refused).rejects.toMatchObject({ message: expect.stringMatching(/version 99.* up to \d+/) });
  });
});

test('opening a damaged database, or reading it, says that it is damaged', async () => {
  const store = await open();
  await store.tasks.submitMany(Array.from({ length: 200 }, () => newTask(systemClock)));
  await store.close();
  for (const suffix of ['-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
  const bytes = readFileSync(file);
  expect(bytes.length).toBeGreaterThan(100_000);
  writeFileSync(file, bytes.fill(0xa5, 4_096));
  const read = async (): Promise<void> => {
    const damaged = await open();
    try {
      await damaged.tasks.list({});
    } finally {
      await damaged.close();
    }
  };
  await expect(read()).rejects.toMatchObject(refusal('STORE_CORRUPT'));
});

test('a path through a file is refused and nothing is created', async () => {
  writeFileSync(directory.file('plain'), 'x');
  const path = directory.file('plain/concept.db');
  await expect(open(path)).rejects.toMatchObject(refusal('STORE_UNAVAILABLE', path));
  expect(readFileSync(directory.file('plain'), 'utf8')).toBe('x');
});

test('a place that takes no directories is refused', async ({ skip }) => {
  if (!existsSync('/proc/self')) return skip('there is no /proc here');
  const path = '/proc/concept-test/concept.db';
  await expect(open(path)).rejects.toMatchObject({ code: expect.stringMatching(/^STOR/), hint: expect.any(String) });
});

test('a directory in place of the file is refused', async () => {
  mkdirSync(file);
  await expect(open()).rejects.toMatchObject(refusal('STORE_UNAVAILABLE'));
});

test('a missing file is not created when that is not wanted', async () => {
  const opening = openSqliteStore({ file, clock: systemClock, createIfMissing: false });
  await expect(opening).rejects.toMatchObject(refusal('STORE_UNAVAILABLE'));
  expect(existsSync(file)).toBe(false);
});

test('a read-only directory is refused and nothing is created', async ({ skip }) => {
  const path = directory.file('sealed');
  mkdirSync(path);
  chmodSync(path, 0o500);
  if (mayWrite(path)) return skip('this user may write to read-only directories (root)');
  await expect(open(`${path}/concept.db`)).rejects.toMatchObject(refusal('STORAGE_READ_ONLY', `${path}/concept.db`));
  expect(existsSync(`${path}/concept.db`)).toBe(false);
});

test('a full disk is told as such, and nothing of the task stays', async () => {
  const { connection } = await openDatabase({ file, durability: 'full', createIfMissing: true });
  const session = createSession(connection, { file, clock: systemClock, costs: undefined, durability: 'full' });
  const tasks = sqliteTaskStore(session);
  const { pages } = connection.one<{ pages: number }>('SELECT page_count AS pages FROM pragma_page_count')!;
  connection.exec(`PRAGMA max_page_count = ${pages + 2}`);
  const many = Array.from({ length: 300 }, () => newTask(systemClock));
  await expect(tasks.submitMany(many)).rejects.toMatchObject(refusal('STORAGE_FULL'));
  expect((await tasks.list({})).tasks).toEqual([]);
  connection.exec('PRAGMA max_page_count = 100000');
  expect(await tasks.submit(many[0]!)).toMatchObject({ created: true });
  await session.close();
});

test('a closed store says so', async () => {
  const store = await open();
  await store.close();
  await expect(store.tasks.list({})).rejects.toMatchObject(refusal('STORE_UNAVAILABLE'));
});

test('a transaction waits for the lock without blocking, and stops waiting by the signal', async () => {
  const store = await open();
  const blocker = createConnection((await chooseDriver()).open(file));
  blocker.exec('BEGIN IMMEDIATE');
  const abort = new AbortController();
  const aborted = store.tasks.submit(newTask(systemClock), { signal: abort.signal });
  const waiting = store.tasks.submit(newTask(systemClock));
  // That this timer fires at all shows that the event loop is free.
  await new Promise((resolve) => setTimeout(resolve, 100));
  abort.abort();
  await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' });
  blocker.exec('COMMIT');
  await expect(waiting).resolves.toMatchObject({ created: true });
  expect((await store.tasks.list({})).tasks).toHaveLength(1);
  blocker.close();
  await store.close();
});

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
