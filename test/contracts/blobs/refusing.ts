import { expect } from 'vitest';
import { blobsTest, BYTES, listed, type MakeBlobs, PATH } from './harness.ts';

const UNSAFE = [
  '',
  'single',
  '/etc/passwd',
  '../up.png',
  'u1/../../x.png',
  'u1//x.png',
  'u1/.hidden',
  'u1/a\\b',
  'u1/x\0',
];

export function testRefusing(make: MakeBlobs): void {
  const test = blobsTest(make);

  test('refuses paths that could lead outside', async (blobs) => {
    const refusal = { code: 'INVALID_INPUT', field: 'path' };
    for (const path of UNSAFE) {
      await expect(blobs.put(path, BYTES), path).rejects.toMatchObject(refusal);
      await expect(blobs.get(path), path).rejects.toMatchObject(refusal);
      await expect(blobs.stat(path), path).rejects.toMatchObject(refusal);
      await expect(blobs.remove(path), path).rejects.toMatchObject(refusal);
      await expect(blobs.url(path), path).rejects.toMatchObject(refusal);
    }
    for (const prefix of ['..', '/', 'u1/..', '.incoming', '.trash']) {
      await expect(listed(blobs, prefix), prefix).rejects.toMatchObject(refusal);
    }
    expect(await listed(blobs, '')).toEqual([]);
  });

  test('does not start once the signal is aborted', async (blobs) => {
    const options = { signal: AbortSignal.abort() };
    await expect(blobs.put(PATH, BYTES, options)).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(blobs.get(PATH, options)).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(blobs.remove(PATH, options)).rejects.toMatchObject({ code: 'ABORTED' });
    const leftovers = { ...options, olderThan: new Date().toISOString() };
    await expect(blobs.removeLeftovers(leftovers)).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await blobs.stat(PATH)).toBeUndefined();
  });

  test('refuses a time that is none, and removes nothing', async (blobs) => {
    await blobs.put(PATH, BYTES);
    for (const time of ['', 'yesterday', '12']) {
      const since = { code: 'INVALID_INPUT', field: 'unlessStoredSince' };
      await expect(blobs.remove(PATH, { unlessStoredSince: time }), time).rejects.toMatchObject(since);
      const olderThan = { code: 'INVALID_INPUT', field: 'olderThan' };
      await expect(blobs.removeLeftovers({ olderThan: time }), time).rejects.toMatchObject(olderThan);
    }
    expect(await blobs.get(PATH)).toEqual(BYTES);
  });
}
