import { fstatSync, statSync } from 'node:fs';
import { type FileHandle, link, mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { filesystemBlobs } from '../../../../src/adapters/blobs/filesystem.ts';

const PATH = 'u1/t1/0123456789abcdef.png';
const BYTES = Uint8Array.from([1, 2, 3]);

let root: string;
let flushed: number[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'concept-blobs-'));
  flushed = [];
  await watchFlushes();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(root, { recursive: true });
});

/** Notes every flush of this process, and lets it happen. */
async function watchFlushes(): Promise<void> {
  const handle = await open(root, 'r');
  const shared = Object.getPrototypeOf(handle) as Pick<FileHandle, 'sync'>;
  await handle.close();
  const { sync } = shared;
  vi.spyOn(shared, 'sync').mockImplementation(function (this: FileHandle) {
    flushed.push(fstatSync(this.fd).ino);
    return sync.call(this);
  });
}

/** The folders flushed, as paths under the root. */
function flushedFolders(): string[] {
  const folders = ['.', 'u1', 'u1/t1'].filter((folder) => flushed.includes(statSync(join(root, folder)).ino));
  return folders.map((folder) => relative(root, join(root, folder)));
}

describe.skipIf(process.platform === 'win32')('a put has flushed the names of its file and folders', () => {
  const all = ['', 'u1', 'u1/t1'];

  test('when everything is new', async () => {
    await filesystemBlobs({ root }).put(PATH, BYTES);
    expect(flushedFolders()).toEqual(all);
  });

  test('when somebody else made the folders, and may have been killed before flushing them', async () => {
    await mkdir(join(root, dirname(PATH)), { recursive: true });
    await filesystemBlobs({ root }).put(PATH, BYTES);
    expect(flushedFolders()).toEqual(all);
  });

  test('when somebody else named the file, and may have been killed before flushing that', async () => {
    await mkdir(join(root, dirname(PATH)), { recursive: true });
    await mkdir(join(root, '.incoming'));
    await writeFile(join(root, '.incoming', 'left'), BYTES);
    await link(join(root, '.incoming', 'left'), join(root, PATH));
    await filesystemBlobs({ root }).put(PATH, BYTES);
    expect(flushedFolders()).toEqual(all);
  });

  test('when it stores the same again', async () => {
    const blobs = filesystemBlobs({ root });
    await blobs.put(PATH, BYTES);
    flushed = [];
    await blobs.put(PATH, BYTES);
    expect(flushedFolders()).toEqual(all);
  });
});

test.skipIf(process.platform === 'win32')('a put survives that its file goes while the name is flushed', async () => {
  const blobs = filesystemBlobs({ root });
  await blobs.put(PATH, BYTES);
  const handle = await open(root, 'r');
  const shared = Object.getPrototypeOf(handle) as Pick<FileHandle, 'sync'>;
  await handle.close();
  vi.mocked(shared.sync).mockImplementationOnce(() => rm(join(root, 'u1'), { recursive: true }));
  await blobs.put(PATH, BYTES);
  expect(await blobs.get(PATH)).toEqual(BYTES);
});
