import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { filesystemBlobs } from '../../../../src/adapters/blobs/filesystem.ts';
import { TRASH } from '../../../../src/adapters/blobs/filesystem/hidden-folders.ts';
import { putBack } from '../../../../src/adapters/blobs/filesystem/put-back.ts';
import { removeFile, takeAway } from '../../../../src/adapters/blobs/filesystem/remove-file.ts';
import { storeFile } from '../../../../src/adapters/blobs/filesystem/store-file.ts';
import { renewStoredTime } from '../../../../src/adapters/blobs/filesystem/stored-time.ts';
import type { BlobStore } from '../../../../src/ports/blob-store.ts';

const PATH = 'u1/t1/0123456789abcdef.png';
const BYTES = Uint8Array.from([1, 2, 3]);

let root: string;
let nowMs: number;
let blobs: BlobStore;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'concept-blobs-'));
  nowMs = 1_000_000;
  blobs = filesystemBlobs({ root, clock: { now: () => nowMs } });
});
afterEach(() => rm(root, { recursive: true }));

test.each([undefined, '2026-01-31T12:00:00Z'])(
  'removes the folders that it empties (%s)',
  async (unlessStoredSince) => {
    await blobs.put(PATH, BYTES);
    await blobs.put('u1/t2/other.png', BYTES);
    await blobs.remove(PATH, { unlessStoredSince });
    expect(await readdir(join(root, 'u1'))).toEqual(['t2']);
    await blobs.remove('u1/t2/other.png', { unlessStoredSince });
    const hidden = unlessStoredSince ? ['.incoming', TRASH] : ['.incoming'];
    expect((await readdir(root)).toSorted()).toEqual(hidden);
    for (const folder of hidden) expect(await readdir(join(root, folder))).toEqual([]);
  },
);

test('keeps a folder that holds something else', async () => {
  await blobs.put(PATH, BYTES);
  await writeFile(join(root, 'u1', 't1', '.note'), '');
  expect(await blobs.remove(PATH)).toBe(true);
  expect(await readdir(join(root, 'u1', 't1'))).toEqual(['.note']);
});

test('puts a blob back that was stored between the two looks', async () => {
  await blobs.put(PATH, BYTES);
  const cutOffMs = nowMs + 5_000;
  // The removal asks for the time after its first look and before its rename: the moment to do what a put does.
  const storedMeanwhile = (): number => {
    expect(renewStoredTime(join(root, PATH), () => cutOffMs)).toBe(cutOffMs);
    return cutOffMs;
  };
  expect(await removeFile(root, PATH, { unlessStoredSinceMs: cutOffMs, now: storedMeanwhile })).toBe(false);
  expect(await blobs.stat(PATH)).toMatchObject({ storedAt: new Date(cutOffMs).toISOString() });
  expect(await blobs.get(PATH)).toEqual(BYTES);
  expect(await readdir(join(root, TRASH))).toEqual([]);
});

test('storing a blob that vanishes after it was seen writes it anew', async () => {
  await blobs.put(PATH, BYTES);
  let asked = 0;
  // The first question for the time comes between the look and the renewal.
  const removedMeanwhile = (): number => {
    asked += 1;
    if (asked === 1) rmSync(join(root, 'u1'), { recursive: true });
    return nowMs;
  };
  await storeFile(root, PATH, BYTES, { now: removedMeanwhile, signal: undefined });
  expect(asked).toBeGreaterThan(1);
  expect(await blobs.get(PATH)).toEqual(BYTES);
});

test('a blob put back does not take the place of a newer one', async () => {
  await blobs.put(PATH, BYTES);
  const taken = join(root, TRASH, '1-removal', PATH);
  expect(await takeAway(root, PATH, taken)).toBe(true);
  nowMs += 5_000;
  const newer = await blobs.put(PATH, BYTES);
  expect(await putBack(root, PATH, taken)).toBe(false);
  expect(await blobs.stat(PATH)).toEqual(newer);
  expect(await readdir(join(root, TRASH, '1-removal', 'u1', 't1'))).toEqual([]);
});

test('many put one blob back at once, into folders that are gone', async () => {
  const { storedAt } = await blobs.put(PATH, BYTES);
  const taken = join(root, TRASH, '1-removal', PATH);
  await takeAway(root, PATH, taken);
  await rm(join(root, 'u1'), { recursive: true });
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => putBack(root, PATH, taken)));
  expect(outcomes.filter(Boolean)).toHaveLength(1);
  expect(await blobs.stat(PATH)).toMatchObject({ storedAt });
});

test('removing fails for what is no blob, and leaves it', async () => {
  await mkdir(join(root, PATH), { recursive: true });
  await expect(blobs.remove(PATH, { unlessStoredSince: '2026-01-31' })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });
  expect(await readdir(join(root, 'u1', 't1'))).toHaveLength(1);
});
