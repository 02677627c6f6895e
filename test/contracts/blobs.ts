import { createHash } from 'node:crypto';
import { describe, expect, test as vitestTest } from 'vitest';
import type { BlobStore } from '../../src/ports/blob-store.ts';

export interface BlobsHarness {
  readonly blobs: BlobStore;
  cleanup(): Promise<void>;
}

export type MakeBlobs = () => Promise<BlobsHarness>;

const PATH = 'u1/t1/0123456789abcdef.png';
const BYTES = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0, 255, 13, 10]);
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

/** The contract of the `BlobStore` port. `make` gives every test an empty store of its own. */
export function testBlobs(name: string, make: MakeBlobs): void {
  const test = (title: string, body: (blobs: BlobStore) => Promise<void>): void => {
    vitestTest(title, async () => {
      const harness = await make();
      try {
        await body(harness.blobs);
      } finally {
        await harness.cleanup();
      }
    });
  };

  describe(`${name} keeps the blob store contract`, () => {
    testStoring(test);
    testFinding(test);
    testRefusing(test);
  });
}

type Register = (title: string, body: (blobs: BlobStore) => Promise<void>) => void;

function testStoring(test: Register): void {
  test('gives back the bytes that were stored', async (blobs) => {
    const info = { path: PATH, bytes: BYTES.length, contentType: 'image/png' };
    expect(await blobs.put(PATH, BYTES)).toEqual(info);
    expect(await blobs.get(PATH)).toEqual(BYTES);
    expect(await blobs.stat(PATH)).toEqual(info);
  });

  test('stores the same path again without an error or a change', async (blobs) => {
    const first = await blobs.put(PATH, BYTES);
    expect(await blobs.put(PATH, BYTES)).toEqual(first);
    expect(await blobs.get(PATH)).toEqual(BYTES);
    expect(await listed(blobs, '')).toEqual([PATH]);
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
    const types = { jpg: 'image/jpeg', webp: 'image/webp', pdf: 'application/pdf', odd: 'application/octet-stream' };
    for (const [extension, contentType] of Object.entries(types)) {
      expect(await blobs.put(`u1/t1/file.${extension}`, BYTES)).toMatchObject({ contentType });
    }
  });
}

function testFinding(test: Register): void {
  test('lists by whole segments', async (blobs) => {
    const paths = ['u1/t1/a.png', 'u1/t2/b.png', 'u10/t1/c.png'];
    for (const path of paths) await blobs.put(path, BYTES);
    expect(await listed(blobs, '')).toEqual(paths);
    expect(await listed(blobs, 'u1')).toEqual(paths.slice(0, 2));
    expect(await listed(blobs, 'u1/')).toEqual(paths.slice(0, 2));
    expect(await listed(blobs, 'u1/t2')).toEqual(['u1/t2/b.png']);
    expect(await listed(blobs, 'nobody')).toEqual([]);
  });

  test('lists sizes and content types', async (blobs) => {
    await blobs.put(PATH, BYTES);
    for await (const info of blobs.list('u1')) {
      expect(info).toEqual({ path: PATH, bytes: BYTES.length, contentType: 'image/png' });
    }
    expect.assertions(1);
  });

  test('removes a blob, and a missing one without an error', async (blobs) => {
    await blobs.put(PATH, BYTES);
    await blobs.remove(PATH);
    expect(await blobs.stat(PATH)).toBeUndefined();
    expect(await listed(blobs, '')).toEqual([]);
    await expect(blobs.remove(PATH)).resolves.toBeUndefined();
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

function testRefusing(test: Register): void {
  test('refuses paths that could lead outside', async (blobs) => {
    const refusal = { code: 'INVALID_INPUT', field: 'path' };
    for (const path of UNSAFE) {
      await expect(blobs.put(path, BYTES), path).rejects.toMatchObject(refusal);
      await expect(blobs.get(path), path).rejects.toMatchObject(refusal);
      await expect(blobs.stat(path), path).rejects.toMatchObject(refusal);
      await expect(blobs.remove(path), path).rejects.toMatchObject(refusal);
      await expect(blobs.url(path), path).rejects.toMatchObject(refusal);
    }
    for (const prefix of ['..', '/', 'u1/..', '.incoming']) {
      await expect(listed(blobs, prefix), prefix).rejects.toMatchObject(refusal);
    }
    expect(await listed(blobs, '')).toEqual([]);
  });

  test('does not start once the signal is aborted', async (blobs) => {
    const options = { signal: AbortSignal.abort() };
    await expect(blobs.put(PATH, BYTES, options)).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(blobs.get(PATH, options)).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await blobs.stat(PATH)).toBeUndefined();
  });
}

async function listed(blobs: BlobStore, prefix: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { path } of blobs.list(prefix)) paths.push(path);
  return paths.toSorted();
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
