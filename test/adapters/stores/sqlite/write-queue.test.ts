import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '../../../../src/adapters/stores/sqlite/connection.ts';
import { countChange, type Effects } from '../../../../src/adapters/stores/sqlite/effects.ts';
import { createLockShare } from '../../../../src/adapters/stores/sqlite/lock-share.ts';
import { type Durability, openDatabase } from '../../../../src/adapters/stores/sqlite/open-database.ts';
import {
  createWriteQueue,
  type WriteManner,
  type WriteQueue,
} from '../../../../src/adapters/stores/sqlite/write-queue.ts';
import { openSqliteStore } from '../../../../src/adapters/stores/sqlite.ts';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import { newTask } from '../../../contracts/fixtures.ts';
import { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.ts';

const URGENT: WriteManner = { durability: 'full', patient: false };
const HINT: WriteManner = { durability: 'normal', patient: true };

let directory: TemporaryDirectory;
let connection: Connection;
let queue: WriteQueue;
/** What each transaction left to do after its commit. */
let commits: Effects[];

async function open(durability: Durability): Promise<void> {
  directory = temporaryDirectory();
  const file = directory.file('concept.db');
  ({ connection } = await openDatabase({ file, durability, createIfMissing: true }));
  connection.exec('CREATE TABLE entry (position INTEGER PRIMARY KEY, name TEXT NOT NULL)');
  commits = [];
  const onCommit = (effects: Effects): number => commits.push(effects);
  queue = createWriteQueue({ file, connection, durability, dataVersion: () => 1, onCommit });
}

beforeEach(() => open('full'));
afterEach(() => {
  connection.close();
  directory.remove();
});

const write = (name: string, manner = URGENT): Promise<string> => queue.add(manner, undefined, () => insert(name));

function insert(name: string): string {
  connection.run('INSERT INTO entry (name) VALUES (?)', name);
  return name;
}

function names(): string[] {
  return connection.all<{ name: string }>('SELECT name FROM entry ORDER BY position').map(({ name }) => name);
}

function fails(work: () => void): Promise<never> {
  return queue.add(URGENT, undefined, () => {
    work();
    throw new Error('of its own');
  });
}

test('a write is not put off by those that keep coming after it', async () => {
  let isRecorded = false;
  void write('first').then(() => (isRecorded = true));
  for (let turn = 0; turn < 50 && !isRecorded; turn++) {
    // The caller's own turn comes before the queue's, every time.
    await new Promise((resolve) => setImmediate(resolve));
    void write(`later ${turn}`);
  }
  expect(isRecorded).toBe(true);
  await queue.drained();
});

const countOne = (): void => countChange(queue.effects, { type: 'concept_generation', batchId: null }, null, 'pending');

test('writes of one turn share a transaction, in the order of their calls', async () => {
  const all = Array.from({ length: 50 }, (_, index) => `entry ${index}`);
  expect(await Promise.all(all.map((name, index) => write(name, index % 2 === 0 ? URGENT : HINT)))).toEqual(all);
  expect(names()).toEqual(all);
  // One, unless the machine was so busy that a transaction became too long to go on with.
  expect(commits.length).toBeLessThan(all.length / 2);
});

describe('a write that fails', () => {
  test('before it wrote does not fail its neighbours', async () => {
    const outcomes = await Promise.allSettled([write('a'), fails(() => undefined), write('b')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: { message: expect.stringContaining('of its own') } });
    expect(names()).toEqual(['a', 'b']);
  });

  test('after it wrote is undone alone', async () => {
    const outcomes = await Promise.allSettled([write('a'), fails(() => insert('never')), write('b')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(names()).toEqual(['a', 'b']);
  });

  test('without neighbours leaves nothing', async () => {
    await expect(fails(() => insert('never'))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(names()).toEqual([]);
    expect(commits).toEqual([]);
    expect(await write('next')).toBe('next');
  });

  test.each(['with', 'without'])('takes what it counted back, %s having written', async (how) => {
    const failing = fails(() => {
      countOne();
      if (how === 'with') insert('never');
    });
    const counting = queue.add(URGENT, undefined, countOne);
    await expect(failing).rejects.toThrow('of its own');
    await counting;
    expect(connection.all('SELECT status, count FROM task_count')).toEqual([{ status: 'pending', count: 1 }]);
    expect(commits.flatMap(({ counts }) => [...counts.values()].map(({ delta }) => delta))).toEqual([1]);
  });

  test('does not repeat what its neighbours did', async () => {
    await Promise.allSettled([write('a'), fails(() => insert('never')), fails(() => insert('nor this')), write('b')]);
    await write('c');
    expect(names()).toEqual(['a', 'b', 'c']);
  });
});

describe('a transaction is as durable as the most demanding of its writes', () => {
  const LEVELS: Readonly<Record<number, string>> = { 1: 'normal', 2: 'full' };
  const level = (manner: WriteManner): Promise<string> =>
    queue.add(manner, undefined, () => {
      return LEVELS[connection.one<{ synchronous: number }>('PRAGMA synchronous')!.synchronous]!;
    });

  test('on a store that is durable', async () => {
    expect(await Promise.all([level(HINT), level(HINT)])).toEqual(['normal', 'normal']);
    expect(await Promise.all([level(HINT), level(URGENT), level(HINT)])).toEqual(['full', 'full', 'full']);
    expect(await level(HINT)).toBe('normal');
  });

  test('and never more than a faster store was asked for', async () => {
    connection.close();
    directory.remove();
    await open('normal');
    expect(await Promise.all([level(HINT), level(URGENT)])).toEqual(['normal', 'normal']);
  });
});

describe('the end', () => {
  test('waits for what is queued', async () => {
    const written = ['a', 'b'].map((name) => write(name));
    await queue.drained();
    expect(names()).toEqual(['a', 'b']);
    await Promise.all(written);
    await queue.drained();
  });

  test('of a store too: what was accepted before its close is there', async () => {
    const file = directory.file('other.db');
    const store = await openSqliteStore({ file, clock: systemClock });
    const submitting = Array.from({ length: 20 }, () => store.tasks.submit(newTask(systemClock)));
    await store.close();
    expect(await Promise.all(submitting)).toHaveLength(20);
    await expect(store.tasks.submit(newTask(systemClock))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    const again = await openSqliteStore({ file, clock: systemClock });
    expect(await again.tasks.counts({})).toMatchObject({ pending: 20 });
    await again.close();
  });
});

describe('the lock', () => {
  const HELD_MS = 20;
  const holdFor = (share: ReturnType<typeof createLockShare>): number => {
    share.hold(() => {
      share.began();
      const until = performance.now() + HELD_MS;
      while (performance.now() < until);
    });
    return share.restMs();
  };

  test('is taken again at once while nobody else writes', () => {
    const share = createLockShare(() => 1);
    expect([holdFor(share), holdFor(share)]).toEqual([0, 0]);
  });

  test('is left for as long as it was held while others write', () => {
    let version = 0;
    const share = createLockShare(() => (version += 1));
    holdFor(share);
    const restMs = holdFor(share);
    expect(restMs).toBeGreaterThan(HELD_MS / 2);
    expect(restMs).toBeLessThan(HELD_MS * 5);
  });
});
