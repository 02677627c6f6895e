import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually, sandbox, type Sandbox } from './support.ts';

const rowOf = (seed: number): string =>
  JSON.stringify({ type: 'generation', logo: `a fox number ${seed}`, theme: 'night blues', palettes: 1, seed });
const rowsText = (count: number): string => Array.from({ length: count }, (_, seed) => `${rowOf(seed)}\n`).join('');

async function rowsFile({ folder }: Sandbox, count: number, name = 'rows.jsonl'): Promise<string> {
  await writeFile(join(folder, name), rowsText(count));
  return name;
}

describe('a file of rows', () => {
  it('is submitted from standard input, once however often it comes', async () => {
    const { startWithInput, json } = await sandbox();
    const first = await startWithInput(rowsText(2_000), ['submit', '--file', '-']).ended;
    expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(/^([0-9a-f-]{36}\n){2000}$/) });
    const again = await startWithInput(rowsText(2_000), ['submit', '--file', '-']).ended;
    expect(again.stdout).toBe(first.stdout);
    expect((await json('status')).counts.pending).toBe(2_000);
  });

  it('survives SIGKILL in the middle: the second run submits what is missing, and no row twice', async () => {
    const box = await sandbox();
    const file = await rowsFile(box, 20_000);
    const killed = box.start(['submit', '--file', file, '--batch', 'spring']);
    const begun = async () => {
      const { code, stdout } = await box.run('status', '--json');
      return code === 0 && JSON.parse(stdout).counts.pending > 0 ? true : undefined;
    };
    await eventually(begun);
    killed.child.kill('SIGKILL');
    await killed.ended;
    const { batch: part } = await box.json('status', '--batch', 'spring');
    expect(part.total).toBeGreaterThan(0);
    expect(part.total).toBeLessThan(20_000);
    const { batch, tasks } = await box.json('submit', '--file', file, '--batch', 'spring');
    expect(batch).toMatchObject({ total: 20_000, created: 20_000 - part.total });
    expect(new Set(tasks.map(({ id }) => id)).size).toBe(20_000);
  });

  it('interrupted by SIGINT says that the same command goes on', async () => {
    const box = await sandbox();
    const file = await rowsFile(box, 20_000);
    const submit = box.start(['submit', '--file', file, '--batch', 'spring']);
    await eventually(async () => {
      const { code, stdout } = await box.run('status', '--json');
      return code === 0 && JSON.parse(stdout).counts.pending > 0 ? true : undefined;
    });
    submit.child.kill('SIGINT');
    const { code, stdout, stderr } = await submit.ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toContain('error: interrupted while submitting batch spring');
    expect(stderr).toContain('hint: run the same command again: it submits what is missing');
  });

  it('from two processes at once gives one set of tasks', async () => {
    const box = await sandbox();
    const file = await rowsFile(box, 1_500);
    const both = [1, 2].map(() => box.start(['submit', '--file', file, '--batch', 'spring']));
    const [one, other] = await Promise.all(both.map(({ ended }) => ended));
    expect(one).toMatchObject({ code: 0 });
    expect(other!.stdout).toBe(one!.stdout);
    expect((await box.json('status', '--batch', 'spring')).batch.total).toBe(1_500);
  });

  it('of 100,000 rows takes at most 150 MB', { timeout: 180_000 }, async () => {
    const box = await sandbox();
    const file = await rowsFile(box, 100_000);
    const measure = join(box.folder, 'measure.cjs');
    const figure = join(box.folder, 'peak');
    const write = `require('node:fs').writeFileSync(${JSON.stringify(figure)}, String(process.resourceUsage().maxRSS))`;
    await writeFile(measure, `process.on('exit', () => ${write});\n`);
    const { code, stdout } = await box.start(['submit', '--file', file, '--json'], {
      NODE_OPTIONS: `--require ${measure}`,
    }).ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout).batch).toMatchObject({ total: 100_000, created: 100_000 });
    const peakMb = Number(await readFile(figure, 'utf8')) / 1_024;
    process.stdout.write(`100,000 rows took ${Math.round(peakMb)} MB at most\n`);
    expect(peakMb).toBeLessThanOrEqual(150);
  });

  it('with a bad row sends nothing', async () => {
    const box = await sandbox();
    await writeFile(join(box.folder, 'rows.jsonl'), `${rowsText(3)}{"logo":"x"}\n`);
    const { code, stdout, stderr } = await box.run('submit', '--file', 'rows.jsonl');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: line 4: theme: is missing\nerror: 1 of 4 rows cannot be submitted\nhint: /);
    expect((await box.json('status')).counts.pending).toBe(0);
  });
});

describe('a batch', () => {
  it('is worked by the process that waits for it when there is no worker', async () => {
    const box = await sandbox();
    const file = await rowsFile(box, 3);
    const { batch, tasks } = await box.json('submit', '--file', file, '--wait');
    expect(batch.counts).toMatchObject({ completed: 3, pending: 0 });
    expect(tasks.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
  });

  it('is waited for and watched beside a worker of another process', async () => {
    const box = await sandbox();
    await box.run('submit', '--file', await rowsFile(box, 4), '--batch', 'spring');
    const watch = box.start(['watch', '--batch', 'spring', '--json']);
    await watch.seen(/"pending":4/);
    const wait = box.start(['wait', '--batch', 'spring', '--json']);
    await box.run('work', '--drain');
    const waited = await wait.ended;
    expect(waited.code).toBe(0);
    expect(JSON.parse(waited.stdout).batch.counts).toMatchObject({ completed: 4 });
    const watched = await watch.ended;
    expect(watched.code).toBe(0);
    expect(watched.stdout.trimEnd().split('\n').at(-1)).toContain('"completed":4');
  });

  it('is cancelled and started again as a whole', async () => {
    const box = await sandbox();
    await box.run('submit', '--file', await rowsFile(box, 1_200), '--batch', 'spring');
    expect(await box.json('cancel', '--batch', 'spring')).toMatchObject({ changed: 1_200 });
    expect((await box.run('wait', '--batch', 'spring')).code).toBe(1);
    expect(await box.json('retry', '--batch', 'spring')).toMatchObject({
      changed: 1_200,
      batch: { counts: { pending: 1_200, cancelled: 0 } },
    });
  });
});
