import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { filesystemBlobs } from '../../../src/adapters/blobs/filesystem.ts';
import { writeError } from '../../../src/adapters/blobs/filesystem/storage-error.ts';
import type { BlobStore } from '../../../src/ports/blob-store.ts';
import { testBlobs } from '../../contracts/blobs.ts';

const PATH = 'u1/t1/0123456789abcdef.png';
const BYTES = Uint8Array.from([1, 2, 3]);

testBlobs('filesystemBlobs', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'concept-blobs-'));
  return {
    // The root itself is not there yet.
    blobs: filesystemBlobs({ root: join(directory, 'data', 'blobs') }),
    cleanup: () => rm(directory, { recursive: true }),
  };
});

describe('filesystemBlobs', () => {
  let directory: string;
  let root: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'concept-blobs-'));
    root = join(directory, 'blobs');
    await mkdir(root);
  });
  afterEach(() => rm(directory, { recursive: true }));

  test('keeps each blob as a plain file under its path, with a file URL', async () => {
    const blobs = filesystemBlobs({ root });
    await blobs.put(PATH, BYTES);
    expect(new Uint8Array(await readFile(join(root, PATH)))).toEqual(BYTES);
    expect(fileURLToPath(await blobs.url(PATH))).toBe(join(root, PATH));
  });

  test('leaves no temporary file behind', async () => {
    const blobs = filesystemBlobs({ root });
    await blobs.put(PATH, BYTES);
    expect(await readdir(join(root, '.incoming'))).toEqual([]);
    // A directory in the blob's place lets the write fail after the temporary file was made.
    await mkdir(join(root, 'u1/t1/taken.png'));
    await expect(blobs.put('u1/t1/taken.png', BYTES)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(await readdir(join(root, '.incoming'))).toEqual([]);
  });

  test('never lists what a crash left half-written', async () => {
    const blobs = filesystemBlobs({ root });
    await mkdir(join(root, '.incoming'));
    await writeFile(join(root, '.incoming', 'half'), 'ha');
    expect(await pathsIn(blobs)).toEqual([]);
  });

  test('survives as another instance on the same directory', async () => {
    await filesystemBlobs({ root }).put(PATH, BYTES);
    expect(await filesystemBlobs({ root }).get(PATH)).toEqual(BYTES);
  });

  test.each([
    ['a folder of the user', 'u1'],
    ['a folder of the task', 'u1/t1'],
    ['the file itself', PATH],
  ])('does not follow a link in the place of %s', async (_what, place) => {
    const outside = join(directory, 'outside');
    await mkdir(join(outside, 't1'), { recursive: true });
    const target = place === PATH ? join(outside, 'secret.png') : outside;
    await writeFile(join(outside, 'secret.png'), 'secret');
    await writeFile(join(outside, '0123456789abcdef.png'), 'secret');
    await mkdir(join(root, place, '..'), { recursive: true });
    await symlink(target, join(root, place));
    const blobs = filesystemBlobs({ root });
    const refusal = { code: 'INVALID_INPUT', field: 'path' };
    await expect(blobs.put(PATH, BYTES)).rejects.toMatchObject(refusal);
    await expect(blobs.get(PATH)).rejects.toMatchObject(refusal);
    await expect(blobs.remove(PATH)).rejects.toMatchObject(refusal);
    await expect(blobs.url(PATH)).rejects.toMatchObject(refusal);
    expect(await readFile(join(outside, 'secret.png'), 'utf8')).toBe('secret');
    expect(await pathsIn(blobs)).toEqual([]);
  });

  test('names a root that is a file', async () => {
    const file = join(directory, 'file');
    await writeFile(file, '');
    const refusal = { code: 'INVALID_CONFIG', message: `${file} is not a directory`, hint: expect.any(String) };
    await expect(filesystemBlobs({ root: file }).put(PATH, BYTES)).rejects.toMatchObject(refusal);
    await expect(filesystemBlobs({ root: file }).get(PATH)).rejects.toMatchObject(refusal);
  });

  test('says that a directory is read-only, and still reads from it', async () => {
    await filesystemBlobs({ root }).put(PATH, BYTES);
    await chmod(directory, 0o755);
    await asPlainUser(root, async () => {
      const blobs = filesystemBlobs({ root });
      await expect(blobs.put('u1/t2/other.png', BYTES)).rejects.toMatchObject({
        code: 'STORAGE_READ_ONLY',
        message: expect.stringContaining(root),
        hint: expect.any(String),
      });
      expect(await blobs.get(PATH)).toEqual(BYTES);
      expect(await pathsIn(blobs)).toEqual([PATH]);
    });
  });

  test.each([
    ['ENOSPC', 'STORAGE_FULL'],
    ['EDQUOT', 'STORAGE_FULL'],
    ['EROFS', 'STORAGE_READ_ONLY'],
    ['EPERM', 'STORAGE_READ_ONLY'],
    ['EIO', 'INTERNAL'],
  ])('tells what %s means', (errno, code) => {
    const cause = Object.assign(new Error('write failed'), { code: errno });
    expect(writeError(cause, root)).toMatchObject({ code, cause });
  });
});

async function pathsIn(blobs: BlobStore): Promise<string[]> {
  const paths: string[] = [];
  for await (const { path } of blobs.list('')) paths.push(path);
  return paths;
}

/** Runs work without the right to write to the directory: root may always write, so it becomes somebody else for a while. */
async function asPlainUser(directory: string, work: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  await chmod(directory, 0o555);
  if (isRoot) process.seteuid!(65_534);
  try {
    await work();
  } finally {
    if (isRoot) process.seteuid!(0);
    await chmod(directory, 0o755);
  }
}
