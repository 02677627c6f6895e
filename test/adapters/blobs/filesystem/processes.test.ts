import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { filesystemBlobs } from '../../../../src/adapters/blobs/filesystem.ts';
import { buildChild, type ChildProgram } from '../../stores/sqlite/child-process.ts';
import { bytesOf, pathsOf } from './race.ts';

const HOUR_MS = 3_600_000;
const START_MS = 700;

let program: ChildProgram;
let root: string;

beforeAll(async () => {
  program = await buildChild('blobs', new URL('./child.ts', import.meta.url));
});
afterAll(() => program.remove());
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'concept-blobs-'));
  const hourAgo = filesystemBlobs({ root, clock: { now: () => Date.now() - HOUR_MS } });
  for (const path of pathsOf()) await hourAgo.put(path, bytesOf(path));
});
afterEach(() => rm(root, { recursive: true }));

async function run(roles: readonly string[]): Promise<unknown[]> {
  const cutOff = new Date().toISOString();
  const startAt = String(Date.now() + START_MS);
  const children = roles.map((role) => program.start(role, root, startAt, cutOff));
  const ends = await Promise.all(children.map(({ exited }) => exited));
  expect(ends).toEqual(children.map(() => ({ code: 0, stderr: '' })));
  return children.map(({ lines }) => lines[0]);
}

test('what one process stores is never lost to removals by others', async () => {
  await run(['store', 'remove', 'remove']);
  const blobs = filesystemBlobs({ root });
  const wrong: string[] = [];
  for (const path of pathsOf()) {
    const bytes = await blobs.get(path).catch(() => new Uint8Array());
    if (Buffer.compare(bytes, bytesOf(path)) !== 0) wrong.push(path);
  }
  expect(wrong).toEqual([]);
  expect(await blobs.removeLeftovers({ olderThan: new Date(Date.now() + HOUR_MS).toISOString() })).toEqual({
    files: 0,
    bytes: 0,
  });
});

test('of several processes just one removes a blob', async () => {
  const [first, second] = (await run(['remove', 'remove'])) as [{ removed: number }, { removed: number }];
  expect(first.removed + second.removed).toBe(pathsOf().length);
});
