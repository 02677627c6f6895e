import { chmod, mkdir, open, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { headerOnlyPng } from '../../imaging/support/png-header.ts';
import { type Ended, sandbox, type Sandbox } from './support.ts';

const GOOD = ['--logo', 'a fox', '--theme', 'night'] as const;
const MISSING = '0198c9f2-8a51-7cc3-b1de-0c4a5ff0a111';

async function blobs({ home }: Sandbox): Promise<readonly string[]> {
  const entries = await readdir(join(home, 'blobs'), { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

describe('bad input', () => {
  it.each<[readonly string[], number, RegExp]>([
    [['submit', '--logo', '', '--theme', 'x'], 2, /--logo/],
    [['submit', '--logo', 'x', '--theme', ''], 2, /--theme/],
    [['submit', '--logo', 'x'.repeat(2_001), '--theme', 'x'], 2, /--logo/],
    [['submit', ...GOOD, '--palettes', '0'], 2, /--palettes/],
    [['submit', ...GOOD, '--palettes', '21'], 2, /--palettes/],
    [['submit', ...GOOD, '--palettes', '7x'], 2, /--palettes/],
    [['submit', ...GOOD, '--seed', '1', '--seed', '2'], 2, /--seed/],
    [['submit', ...GOOD, '--type', 'nonsense'], 2, /--type/],
    [['submit', ...GOOD, '--user', '../x'], 2, /--user/],
    [['submit', '--theme', 'x', '--image', 'missing.png'], 2, /--image/],
    [['submit', '--theme', 'x', '--image', '.'], 2, /--image/],
    [['submit', '--theme', 'x', '--image', 'notes.txt'], 2, /--image/],
    [['submit', '--theme', 'x', '--image', 'broken.png'], 2, /--image/],
    [['submit', '--theme', 'x', '--image', 'many-pixels.png'], 2, /--image/],
    [['submit', '--theme', 'x', '--image', 'drawing.svg'], 2, /--image/],
    [['submit', '--theme', 'x', '--image', 'http://127.0.0.1/x.png'], 2, /--image/],
    [['refine', MISSING, 'warmer'], 3, /--original/],
    [['wait', MISSING], 3, /no task/],
    [['show', MISSING], 3, /no concept/],
    [['download', MISSING], 3, /no concept/],
    [['list', '--cursor', 'nonsense'], 2, /cursor/],
    [['nonsense'], 2, /nonsense/],
  ])('%j', async (args, code, names) => {
    const box = await sandbox();
    await writeFile(join(box.folder, 'notes.txt'), 'not an image');
    await writeFile(join(box.folder, 'broken.png'), Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'));
    await writeFile(join(box.folder, 'many-pixels.png'), headerOnlyPng(100_000, 100_000));
    await writeFile(join(box.folder, 'drawing.svg'), '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    const plain = await box.run(...args);
    expect({ code: plain.code, stdout: plain.stdout }).toEqual({ code, stdout: '' });
    expect(plain.stderr).toMatch(/^error: [^\n]+\nhint: [^\n]+\n$/);
    expect(plain.stderr).toMatch(names);
    const asJson = await box.run(...args, '--json');
    expect({ code: asJson.code, stdout: asJson.stdout }).toEqual({ code, stdout: '' });
    expect(asJson.stderr.match(/\n/g)).toHaveLength(1);
    expect(Object.keys(JSON.parse(asJson.stderr).error)).toEqual(['code', 'message', 'hint']);
    expect((await box.json('list')).tasks).toEqual([]);
    expect(await blobs(box)).toEqual([]);
  });
});

/** Pictures whose header is in order: only decoding them tells. */
async function unusablePictures(): Promise<Readonly<Record<string, Buffer>>> {
  const noise = Buffer.from(Array.from({ length: 64 * 64 * 3 }, (_, index) => (index * 7_919) % 251));
  const picture = () => sharp(noise, { raw: { width: 64, height: 64, channels: 3 } });
  const plain = (alpha: number) =>
    sharp({ create: { width: 64, height: 64, channels: 4, background: { r: 9, g: 99, b: 9, alpha } } });
  const png = await picture().png().toBuffer();
  const jpeg = await picture().jpeg().toBuffer();
  return {
    'truncated.png': png.subarray(0, png.length / 2),
    'truncated.jpg': jpeg.subarray(0, jpeg.length / 2),
    'transparent.png': await plain(0).png().toBuffer(),
    'one-colour.png': await plain(1).png().toBuffer(),
  };
}

describe('a picture that only decoding tells to be unusable', () => {
  it.each(['truncated.png', 'truncated.jpg', 'transparent.png', 'one-colour.png'])(
    '%s is 2, and nothing is written',
    async (name) => {
      const box = await sandbox();
      await writeFile(join(box.folder, name), (await unusablePictures())[name]!);
      for (const args of [
        ['submit', '--theme', 'x', '--image', name],
        ['refine', name, 'warmer'],
      ]) {
        const { code, stdout, stderr } = await box.run(...args);
        expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
        expect(stderr).toMatch(/^error: [^\n]+\nhint: [^\n]+\n$/);
      }
      expect((await box.json('list')).tasks).toEqual([]);
      expect(await blobs(box)).toEqual([]);
    },
  );
});

describe('a bad data directory', () => {
  it('a corrupt database is 5', async () => {
    const { run, home } = await sandbox();
    await mkdir(home);
    await writeFile(join(home, 'concept.db'), 'this is not a database'.repeat(500));
    expect(codesOf(await run('submit', ...GOOD, '--json'))).toEqual({ ...UNUSABLE, error: 'STORE_CORRUPT' });
  });

  it('a database of a newer version is 5', async () => {
    const { run, home } = await sandbox();
    await run('status');
    await markAsNewer(join(home, 'concept.db'));
    expect(codesOf(await run('status', '--json'))).toEqual({ ...UNUSABLE, error: 'STORE_TOO_NEW' });
  });

  it.each(['', 'below'])('a file in its place is 5 and named as what it is (%j)', async (below) => {
    const { start, home } = await sandbox();
    await writeFile(home, '');
    const { code, stdout, stderr } = await start(['status'], { CONCEPT_HOME: join(home, below) }).ended;
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(stderr).toMatch(/^error: [^\n]+ is a file, not a directory\nhint: [^\n]*CONCEPT_HOME\n$/);
    expect(stderr).toContain(`${home} is a file`);
  });

  it('a read-only one is 5', async () => {
    const { startHeld, home } = await sandbox();
    await mkdir(home);
    await chmod(home, 0o555);
    const ended = await startHeld(['submit', ...GOOD, '--json']).ended;
    expect(codesOf(ended)).toEqual({ ...UNUSABLE, error: 'STORAGE_READ_ONLY' });
  });
});

const UNUSABLE = { code: 5, stdout: '' };

function codesOf({ code, stdout, stderr }: Ended) {
  return { code, stdout, error: (JSON.parse(stderr) as { error: { code: string } }).error.code };
}

/** The schema version is SQLite's user_version: a big-endian number at byte 60 of the header. */
async function markAsNewer(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  await handle.write(Buffer.from([0, 0, 0x27, 0x0f]), 0, 4, 60);
  await handle.close();
}
