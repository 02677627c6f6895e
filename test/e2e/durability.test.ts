import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { sandbox } from './cli/support.ts';

const SUBMIT = ['submit', '--logo', 'a panda', '--theme', 'green and white', '--json'] as const;

type Step = 'log written' | 'log synced' | 'answered';

/** What each system call means here; all others do not matter. */
const STEPS: readonly (readonly [RegExp, Step])[] = [
  [/ pwrite64\(\d+<[^>]*concept\.db-wal>/, 'log written'],
  [/ f(?:data)?sync\(\d+<[^>]*concept\.db-wal>/, 'log synced'],
  [/ write\(1<[^>]*>, "\{\\"task\\"/, 'answered'],
];

const isMissing = spawnSync('strace', ['-V']).error !== undefined;
const reason =
  process.platform === 'linux'
    ? 'strace is missing: install it (Debian: apt-get install strace)'
    : 'what reaches the disk is looked at on Linux only';

/** The steps of a `concept submit` from the last write to the log to the answer. */
async function stepsOfSubmit(durability: string): Promise<readonly Step[]> {
  const { run, startUnder, folder } = await sandbox();
  // The first one makes the database: what it writes besides is no concern of an answer.
  expect((await run(...SUBMIT)).code).toBe(0);
  const trace = join(folder, 'trace');
  const strace = ['strace', '-f', '-y', '-e', 'trace=fsync,fdatasync,write,pwrite64', '-o', trace];
  const { code, stderr } = await startUnder(strace, SUBMIT, { CONCEPT_DURABILITY: durability }).ended;
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const steps = readFileSync(trace, 'utf8')
    .split('\n')
    .flatMap((line) => STEPS.find(([pattern]) => pattern.test(line))?.[1] ?? []);
  const untilAnswer = steps.slice(0, steps.indexOf('answered') + 1);
  return untilAnswer.slice(untilAnswer.lastIndexOf('log written'));
}

describe('what an answered submit has waited for', () => {
  beforeAll(() => {
    if (!isMissing) return;
    // A CI that cannot look must not look green.
    if (process.platform === 'linux' && process.env['CI'] === 'true') throw new Error(reason);
    console.log(`skipped: ${reason}`);
  });

  it.skipIf(isMissing)('the disk, before the answer: the accepted task survives a power cut', async () => {
    expect(await stepsOfSubmit('full')).toEqual(['log written', 'log synced', 'answered']);
  });

  it.skipIf(isMissing)('nothing with the faster setting: the check above can tell', async () => {
    expect(await stepsOfSubmit('normal')).toEqual(['log written', 'answered']);
  });
});
