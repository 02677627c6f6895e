import { expect } from 'vitest';
import { delay } from '../../../src/core/abort.ts';
import { blobsTest, BYTES, later, listed, type MakeBlobs, PATH } from './harness.ts';

const ROUNDS = 40;

export function testRemoving(make: MakeBlobs): void {
  const test = blobsTest(make);

  test('removes a blob, and tells whether it was there', async (blobs) => {
    await blobs.put(PATH, BYTES);
    expect(await blobs.remove(PATH)).toBe(true);
    expect(await blobs.stat(PATH)).toBeUndefined();
    expect(await listed(blobs, '')).toEqual([]);
    expect(await blobs.remove(PATH)).toBe(false);
  });

  test('stores a removed blob anew', async (blobs) => {
    await blobs.put(PATH, BYTES);
    await blobs.remove(PATH);
    await blobs.put(PATH, BYTES);
    expect(await blobs.get(PATH)).toEqual(BYTES);
  });

  test('leaves its neighbours alone', async (blobs) => {
    await blobs.put(PATH, BYTES);
    await blobs.put('u1/t1/other.png', BYTES);
    await blobs.put('u1/t2/other.png', BYTES);
    await blobs.remove(PATH);
    expect(await listed(blobs, '')).toEqual(['u1/t1/other.png', 'u1/t2/other.png']);
  });

  test('spares a blob stored at or after a time', async (blobs) => {
    const { storedAt } = await blobs.put(PATH, BYTES);
    expect(await blobs.remove(PATH, { unlessStoredSince: later(storedAt, -1) })).toBe(false);
    expect(await blobs.remove(PATH, { unlessStoredSince: storedAt })).toBe(false);
    expect(await blobs.get(PATH)).toEqual(BYTES);
    expect(await blobs.stat(PATH)).toMatchObject({ storedAt });
    expect(await blobs.remove(PATH, { unlessStoredSince: later(storedAt, 1) })).toBe(true);
    expect(await blobs.remove(PATH, { unlessStoredSince: later(storedAt, 1) })).toBe(false);
    expect(await listed(blobs, '')).toEqual([]);
  });

  test('spares a blob stored again since', async (blobs) => {
    const first = await blobs.put(PATH, BYTES);
    await delay(5);
    await blobs.put(PATH, BYTES);
    expect(await blobs.remove(PATH, { unlessStoredSince: later(first.storedAt, 1) })).toBe(false);
    expect(await blobs.get(PATH)).toEqual(BYTES);
  });

  test('keeps what is stored while many remove it', async (blobs) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      await blobs.put(PATH, BYTES);
      await delay(2);
      const unlessStoredSince = new Date().toISOString();
      const steps = Array.from({ length: 12 }, (_, index) =>
        index % 3 === round % 3 ? blobs.put(PATH, BYTES) : blobs.remove(PATH, { unlessStoredSince }),
      );
      await Promise.all(steps);
      expect(await blobs.get(PATH), `round ${round}`).toEqual(BYTES);
      expect(await listed(blobs, ''), `round ${round}`).toEqual([PATH]);
    }
  });

  test('stores into folders that removals empty', async (blobs) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const kept = `u1/t1/${round}.png`;
      const emptying = Array.from({ length: 6 }, async (_, index) => {
        await blobs.put(`u1/t1/other-${index}.png`, BYTES);
        await blobs.remove(`u1/t1/other-${index}.png`);
      });
      await Promise.all([...emptying, blobs.put(kept, BYTES)]);
      expect(await blobs.remove(kept), `round ${round}`).toBe(true);
    }
    expect(await listed(blobs, '')).toEqual([]);
  });

  test('finds no leftovers where nothing crashed', async (blobs) => {
    const { storedAt } = await blobs.put(PATH, BYTES);
    await blobs.put('u1/t1/other.png', BYTES);
    await blobs.remove('u1/t1/other.png');
    expect(await blobs.removeLeftovers({ olderThan: later(storedAt, 3_600_000) })).toEqual({ files: 0, bytes: 0 });
    expect(await listed(blobs, '')).toEqual([PATH]);
  });
}
