import { expect } from 'vitest';
import { blobsTest, BYTES, listed, type MakeBlobs, PATH } from './harness.ts';

export function testFinding(make: MakeBlobs): void {
  const test = blobsTest(make);

  test('lists by whole segments', async (blobs) => {
    const paths = ['u1/t1/a.png', 'u1/t2/b.png', 'u10/t1/c.png'];
    for (const path of paths) await blobs.put(path, BYTES);
    expect(await listed(blobs, '')).toEqual(paths);
    expect(await listed(blobs, 'u1')).toEqual(paths.slice(0, 2));
    expect(await listed(blobs, 'u1/')).toEqual(paths.slice(0, 2));
    expect(await listed(blobs, 'u1/t2')).toEqual(['u1/t2/b.png']);
    expect(await listed(blobs, 'nobody')).toEqual([]);
  });

  test('lists what storing told', async (blobs) => {
    const stored = await blobs.put(PATH, BYTES);
    for await (const info of blobs.list('u1')) {
      expect(info).toEqual(stored);
    }
    expect.assertions(1);
  });

  test('says when a blob is missing', async (blobs) => {
    const missing = { code: 'BLOB_NOT_FOUND', message: expect.stringContaining(PATH) };
    await expect(blobs.get(PATH)).rejects.toMatchObject(missing);
    await expect(blobs.url(PATH)).rejects.toMatchObject(missing);
    expect(await blobs.stat(PATH)).toBeUndefined();
  });

  test('gives an absolute URL', async (blobs) => {
    await blobs.put(PATH, BYTES);
    expect(URL.canParse(await blobs.url(PATH))).toBe(true);
  });
}
