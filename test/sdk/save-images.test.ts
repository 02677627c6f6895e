import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryBlobs } from '../../src/adapters/blobs/memory.ts';
import type { Concept, StoredImage } from '../../src/core/concept.ts';
import { saveImages } from '../../src/sdk/save-images.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'concept-save-'));
});
afterEach(() => rm(directory, { recursive: true }));

const image = (name: string): StoredImage => ({
  path: `u1/t1/${name}.png`,
  width: 1,
  height: 1,
  bytes: 3,
  contentType: 'image/png',
  sha256: name,
});
const concept = {
  id: 't1',
  image: image('base'),
  variations: [
    { palette: { name: 'Évening Blue / Ink', colors: ['#000000'], description: '' }, image: image('one') },
    { palette: { name: '夜', colors: ['#ffffff'], description: '' }, image: image('two') },
  ],
} as unknown as Concept;

async function blobsOf(): Promise<ReturnType<typeof memoryBlobs>> {
  const blobs = memoryBlobs();
  for (const name of ['base', 'one', 'two']) await blobs.put(`u1/t1/${name}.png`, Buffer.from(name));
  return blobs;
}

describe('saveImages', () => {
  it('names the files after their place and palette, and leaves nothing else behind', async () => {
    const folder = join(directory, 'a', 'b');
    const saved = await saveImages(concept, folder, await blobsOf());
    expect(saved).toEqual(
      ['base.png', '01-evening-blue-ink.png', '02-palette.png', 'concept.json'].map((name) => join(folder, name)),
    );
    expect(await readdir(folder)).toHaveLength(4);
    expect(await readFile(join(folder, '01-evening-blue-ink.png'), 'utf8')).toBe('one');
    expect(JSON.parse(await readFile(join(folder, 'concept.json'), 'utf8'))).toEqual(concept);
  });

  it('refuses a path through a file', async () => {
    await writeFile(join(directory, 'file'), '');
    const blobs = await blobsOf();
    await expect(saveImages(concept, join(directory, 'file'), blobs)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'out',
    });
    await expect(saveImages(concept, join(directory, 'file', 'x'), blobs)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });

  it.runIf(process.platform === 'linux')('does not hang where nothing can be made (/proc, on Linux)', async () => {
    const saving = saveImages(concept, '/proc/concept/x', await blobsOf());
    await expect(saving).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('writes no file when an image is missing from the store', async () => {
    await expect(saveImages(concept, directory, memoryBlobs())).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
    expect(await readdir(directory)).toEqual([]);
  });
});
