import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { delay } from '../../../src/core/abort.ts';
import { blobsTest, BYTES, listed, type MakeBlobs, PATH } from './harness.ts';

export function testStoring(make: MakeBlobs): void {
  const test = blobsTest(make);

  test('gives back the bytes that were stored', async (blobs) => {
    const info = await blobs.put(PATH, BYTES);
    expect(info).toMatchObject({ path: PATH, bytes: BYTES.length, contentType: 'image/png' });
    expect(await blobs.get(PATH)).toEqual(BYTES);
    expect(await blobs.stat(PATH)).toEqual(info);
  });

  test('stores the same path again without an error or a change', async (blobs) => {
    const first = await blobs.put(PATH, BYTES);
    expect(await blobs.put(PATH, BYTES)).toMatchObject({ bytes: first.bytes });
    expect(await blobs.get(PATH)).toEqual(BYTES);
    expect(await listed(blobs, '')).toEqual([PATH]);
  });

  test('tells when a blob was last stored', async (blobs) => {
    const before = Date.now();
    const first = await blobs.put(PATH, BYTES);
    expect(first.storedAt).toBe(new Date(first.storedAt).toISOString());
    expect(Math.abs(Date.parse(first.storedAt) - before)).toBeLessThan(10_000);
    await delay(5);
    const second = await blobs.put(PATH, BYTES);
    expect(Date.parse(second.storedAt)).toBeGreaterThan(Date.parse(first.storedAt));
    expect(await blobs.stat(PATH)).toEqual(second);
    await delay(5);
    await blobs.get(PATH);
    expect(await blobs.stat(PATH)).toEqual(second);
  });

  test('stores one path from many sides at once', async (blobs) => {
    await Promise.all(Array.from({ length: 8 }, () => blobs.put(PATH, BYTES)));
    expect(await blobs.get(PATH)).toEqual(BYTES);
  });

  test('stores empty and large blobs', async (blobs) => {
    const large = new Uint8Array(3_000_000).fill(7);
    await blobs.put('u1/t1/empty.bin', new Uint8Array());
    await blobs.put('u1/t1/large.bin', large);
    expect(await blobs.get('u1/t1/empty.bin')).toHaveLength(0);
    expect(digest(await blobs.get('u1/t1/large.bin'))).toBe(digest(large));
  });

  test('keeps its bytes apart from those of the caller', async (blobs) => {
    const mine = BYTES.slice();
    await blobs.put(PATH, mine);
    mine.fill(0);
    (await blobs.get(PATH)).fill(1);
    expect(await blobs.get(PATH)).toEqual(BYTES);
  });

  test('tells the content type by the extension', async (blobs) => {
    const types = {
      jpg: ['image/jpeg', '\xff\xd8\xff\xe0'],
      webp: ['image/webp', 'RIFF\x04\0\0\0WEBP'],
      pdf: ['application/pdf', '%PDF-1.7'],
      odd: ['application/octet-stream', 'odd'],
    } as const;
    for (const [extension, [contentType, start]] of Object.entries(types)) {
      const bytes = Buffer.from(start, 'latin1');
      expect(await blobs.put(`u1/t1/file.${extension}`, bytes)).toMatchObject({ contentType });
    }
  });
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
