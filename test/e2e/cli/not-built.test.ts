import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BIN } from './support.ts';

let checkout: string;
beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'concept-not-built-'));
});
afterEach(() => rm(checkout, { recursive: true }));

it('says in one line what to do in a checkout that is not built', async () => {
  await mkdir(join(checkout, 'bin'));
  await cp(dirname(BIN), join(checkout, 'bin'), { recursive: true });
  const running = promisify(execFile)(process.execPath, [join(checkout, 'bin/concept'), '--version']);
  await expect(running).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^error: [^\n]+ npm run build\n$/),
  });
});
