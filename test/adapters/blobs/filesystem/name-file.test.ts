import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nameUnlessTaken } from '../../../../src/adapters/blobs/filesystem/name-file.ts';

const NOBODY = 65_534;

let directory: string;
let file: string;
let target: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'concept-blobs-'));
  file = join(directory, 'file');
  target = join(directory, 'target');
  await writeFile(file, 'mine');
});
afterEach(() => rm(directory, { recursive: true }));

test('names a file', async () => {
  expect(await nameUnlessTaken(file, target)).toBe(true);
  expect(await readFile(target, 'utf8')).toBe('mine');
});

test('keeps the file that has the name', async () => {
  await writeFile(target, 'theirs');
  expect(await nameUnlessTaken(file, target)).toBe(false);
  expect(await readFile(target, 'utf8')).toBe('theirs');
});

test('of many files one gets the name', async () => {
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => nameUnlessTaken(file, target)));
  expect(outcomes.filter(Boolean)).toHaveLength(1);
});

test('tells that the folder is missing', async () => {
  await expect(nameUnlessTaken(file, join(directory, 'gone', 'target'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('renames where the system forbids hard links', async (context) => {
  const isProtected = await readFile('/proc/sys/fs/protected_hardlinks', 'utf8').catch(() => '0');
  if (process.geteuid?.() !== 0 || isProtected.trim() !== '1') {
    context.skip('needs root, and Linux with fs.protected_hardlinks, to own a file that another user may not link');
  }
  await chmod(directory, 0o777);
  await asNobody(async () => {
    expect(await nameUnlessTaken(file, target)).toBe(true);
    expect(await readdir(directory)).toEqual(['target']);
  });
});

async function asNobody(work: () => Promise<void>): Promise<void> {
  process.seteuid!(NOBODY);
  try {
    await work();
  } finally {
    process.seteuid!(0);
  }
}
