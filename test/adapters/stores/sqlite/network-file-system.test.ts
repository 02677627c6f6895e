import { existsSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqliteStore } from '../../../../src/adapters/stores/sqlite.ts';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.ts';

let directory: TemporaryDirectory;

beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory.remove());

test.each([
  ['NFS', 0x6969],
  ['SMB2', 0xfe534d42],
  ['9P', 0x01021997],
])('a data directory on %s is refused by name, and nothing is created there', async (name, type) => {
  const looked: string[] = [];
  const statFileSystem = (path: string): number | undefined => {
    looked.push(path);
    return existsSync(path) ? type : undefined;
  };
  const file = directory.file('not/yet/there/concept.db');
  await expect(openSqliteStore({ file, clock: systemClock, statFileSystem })).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    retryable: false,
    message: expect.stringMatching(new RegExp(`concept\\.db is on a network file system \\(${name}\\)`)),
    hint: expect.stringContaining('CONCEPT_HOME'),
  });
  expect(readdirSync(directory.path)).toEqual([]);
  expect(looked.length).toBeGreaterThan(0);
});

test('a local one is taken, and one that cannot be told too', async () => {
  for (const [index, type] of [0xef53, undefined].entries()) {
    const file = directory.file(`${index}/concept.db`);
    const store = await openSqliteStore({ file, clock: systemClock, statFileSystem: () => type });
    await store.close();
    expect(existsSync(file)).toBe(true);
  }
});
