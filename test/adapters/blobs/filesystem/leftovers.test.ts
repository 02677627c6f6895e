import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { filesystemBlobs } from '../../../../src/adapters/blobs/filesystem.ts';
import { INCOMING, removalName, TRASH } from '../../../../src/adapters/blobs/filesystem/hidden-folders.ts';
import { takeAway } from '../../../../src/adapters/blobs/filesystem/remove-file.ts';
import type { BlobStore } from '../../../../src/ports/blob-store.ts';
import { listed } from '../../../contracts/blobs/harness.ts';

const PATH = 'u1/t1/0123456789abcdef.png';
const BYTES = Uint8Array.from([1, 2, 3]);
const NOW_MS = Date.parse('2026-01-31T12:00:00.000Z');
const HOUR_MS = 3_600_000;
const olderThan = new Date(NOW_MS).toISOString();

let directory: string;
let root: string;
let nowMs: number;
let blobs: BlobStore;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'concept-blobs-'));
  root = join(directory, 'blobs');
  nowMs = NOW_MS - HOUR_MS;
  blobs = filesystemBlobs({ root, clock: { now: () => nowMs } });
});
afterEach(() => rm(directory, { recursive: true }));

/** What a removal leaves that crashes right after its rename. */
async function crashedRemoval(startedAtMs: number): Promise<string> {
  const taken = join(root, TRASH, removalName(startedAtMs), ...PATH.split('/'));
  expect(await takeAway(root, PATH, taken)).toBe(true);
  return taken;
}

async function halfWritten(name: string, timeMs: number): Promise<void> {
  const file = join(root, INCOMING, name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, 'half');
  await utimes(file, timeMs / 1000, timeMs / 1000);
}

test('removes half-written files older than a time', async () => {
  await blobs.put(PATH, BYTES);
  await halfWritten('old', NOW_MS - 1);
  await halfWritten('new', NOW_MS);
  expect(await blobs.removeLeftovers({ olderThan })).toEqual({ files: 1, bytes: 4 });
  expect(await readdir(join(root, INCOMING))).toEqual(['new']);
  expect(await listed(blobs, '')).toEqual([PATH]);
});

test('has nothing to do where nothing was ever stored', async () => {
  expect(await blobs.removeLeftovers({ olderThan })).toEqual({ files: 0, bytes: 0 });
});

test('puts back what a crashed removal had taken away, its time as it was', async () => {
  const stored = await blobs.put(PATH, BYTES);
  await crashedRemoval(NOW_MS - 1);
  expect(await blobs.stat(PATH)).toBeUndefined();
  expect(await listed(blobs, '')).toEqual([]);
  expect(await blobs.removeLeftovers({ olderThan })).toEqual({ files: 0, bytes: 0 });
  expect(await blobs.stat(PATH)).toEqual(stored);
  expect(await blobs.get(PATH)).toEqual(BYTES);
  expect(await readdir(join(root, TRASH))).toEqual([]);
});

test('finishes a crashed removal whose blob was stored anew', async () => {
  await blobs.put(PATH, BYTES);
  await crashedRemoval(NOW_MS - 1);
  nowMs = NOW_MS + HOUR_MS;
  const anew = await blobs.put(PATH, BYTES);
  expect(await blobs.removeLeftovers({ olderThan })).toEqual({ files: 1, bytes: 3 });
  expect(await blobs.stat(PATH)).toEqual(anew);
  expect(await readdir(join(root, TRASH))).toEqual([]);
});

test('leaves a removal alone that began since', async () => {
  await blobs.put(PATH, BYTES);
  const taken = await crashedRemoval(NOW_MS);
  expect(await blobs.removeLeftovers({ olderThan })).toEqual({ files: 0, bytes: 0 });
  expect(new Uint8Array(await readFile(taken))).toEqual(BYTES);
});

test('removes the empty folders of crashed removals', async () => {
  await mkdir(join(root, TRASH, removalName(NOW_MS - 1), 'u1', 't1'), { recursive: true });
  await mkdir(join(root, TRASH, removalName(NOW_MS - 1)), { recursive: true });
  expect(await blobs.removeLeftovers({ olderThan })).toEqual({ files: 0, bytes: 0 });
  expect(await readdir(join(root, TRASH))).toEqual([]);
});

test.each([INCOMING, TRASH, join(TRASH, removalName(NOW_MS - 1))])('does not follow a link at %s', async (place) => {
  const outside = join(directory, 'outside');
  await mkdir(join(outside, removalName(NOW_MS - 1), 'u1'), { recursive: true });
  await mkdir(join(outside, 'u1'));
  const files = [join(outside, 'old'), join(outside, 'u1', 'a.png'), join(outside, removalName(1), 'u1', 'b.png')];
  for (const file of files) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, 'foreign');
    await utimes(file, 1, 1);
  }
  await mkdir(dirname(join(root, place)), { recursive: true });
  await symlink(outside, join(root, place));
  expect(await blobs.removeLeftovers({ olderThan })).toEqual({ files: 0, bytes: 0 });
  for (const file of files) expect(await readFile(file, 'utf8')).toBe('foreign');
  expect(await listed(blobs, '')).toEqual([]);
});
