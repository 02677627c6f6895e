import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConceptError } from '../../src/core/errors.ts';
import { scriptedImageProvider } from '../../src/testing/scripted-image-provider.ts';
import { tinyPng } from '../../src/testing/tiny-png.ts';
import { testCli } from './support.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'concept-rows-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

const row = (seed: number, more: object = {}) => JSON.stringify({ logo: 'a fox', theme: 'night', seed, ...more });
const rows = (count: number) => Array.from({ length: count }, (_, seed) => row(seed));

async function rowsFile(lines: readonly string[], name = 'rows.jsonl'): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, lines.map((line) => `${line}\n`).join(''));
  return file;
}

describe('submit --file', () => {
  it('answers with the batch and its tasks', async () => {
    const cli = testCli();
    const file = await rowsFile(rows(3));
    const { code, stdout, stderr } = await cli.run('submit', '--file', file, '--batch', 'spring', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { batch, tasks } = JSON.parse(stdout);
    expect(Object.keys(batch).toSorted()).toEqual(
      ['counts', 'createdAt', 'created', 'id', 'name', 'total', 'userId'].toSorted(),
    );
    expect(batch).toMatchObject({ name: 'spring', userId: 'local', total: 3, created: 3, counts: { pending: 3 } });
    expect(tasks).toEqual([0, 1, 2].map(() => ({ id: expect.any(String), status: 'pending' })));
    const { task } = JSON.parse((await cli.run('status', tasks[2].id, '--json')).stdout);
    expect(task).toMatchObject({ batchId: batch.id, input: { logoDescription: 'a fox', seed: 2 } });
  });

  it('prints an id a line, and the rest on stderr', async () => {
    const { code, stdout, stderr } = await testCli().run('submit', '--file', await rowsFile(rows(1_500)));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^([0-9a-f-]{36}\n){1500}$/);
    expect(stderr).toMatch(
      /submitting 1500 rows as batch rows-[0-9a-f]{12}, named after its rows: the same rows again/,
    );
    expect(stderr).toMatch(/1500 of 1500 tasks are new/);
    expect(stderr).toMatch(/concept watch --batch rows-[0-9a-f]{12}/);
    expect(stderr).toContain('no worker is running');
  });

  it('submits the same rows once, and after a change what is missing', async () => {
    const cli = testCli();
    const first = await cli.run('submit', '--file', await rowsFile(rows(4)));
    const again = await cli.run('submit', '--file', await rowsFile(rows(4), 'copy.ndjson'));
    expect(again.stdout).toBe(first.stdout);
    expect(again.stderr).toContain('0 of 4 tasks are new, 4 were submitted before');
    const named = ['--batch', 'spring', '--json'];
    await cli.run('submit', '--file', await rowsFile(rows(4)), ...named);
    const moved = await rowsFile([row(9), ...rows(4).toReversed()]);
    const { batch } = JSON.parse((await cli.run('submit', '--file', moved, ...named)).stdout);
    expect(batch).toMatchObject({ created: 1, total: 5 });
  });

  it('counts one row as one', async () => {
    const cli = testCli();
    const file = await rowsFile(rows(1));
    const first = await cli.run('submit', '--file', file);
    expect(first.stderr).toContain('submitting 1 row as batch');
    expect(first.stderr).toContain('1 of 1 task is new\n');
    expect((await cli.run('submit', '--file', file)).stderr).toContain('0 of 1 task is new, 1 was submitted before');
  });

  it('names the row when an earlier run has its key for another input', async () => {
    const cli = testCli();
    const keyed = (seed: number) => row(seed, { idempotencyKey: 'k' });
    const named = ['--batch', 'spring'];
    await cli.run('submit', '--file', await rowsFile([keyed(1)]), ...named);
    const { code, stderr } = await cli.run('submit', '--file', await rowsFile([row(9), keyed(2)]), ...named);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: row 2: idempotency key "k" belongs to task /m);
    expect(stderr).not.toContain('again for the rest');
  });

  it('reads standard input, and leaves no copy of it behind', async () => {
    const before = (await readdir(tmpdir())).filter((name) => name.startsWith('concept-rows-')).length;
    const cli = testCli({ stdin: `${rows(3).join('\n')}\n\n` });
    const { code, stdout } = await cli.run('submit', '--file', '-', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ batch: { created: 3 } });
    const after = (await readdir(tmpdir())).filter((name) => name.startsWith('concept-rows-')).length;
    expect(after).toBe(before);
  });

  it('gives the same name to the same rows from a file and from standard input', async () => {
    const cli = testCli({ stdin: `${rows(3).join('\n')}\n` });
    const file = JSON.parse((await cli.run('submit', '--file', await rowsFile(rows(3)), '--json')).stdout);
    const input = JSON.parse((await cli.run('submit', '--file', '-', '--json')).stdout);
    expect(input.batch).toMatchObject({ name: file.batch.name, created: 0 });
  });

  it('finds pictures beside the file', async () => {
    const cli = testCli();
    await writeFile(
      join(folder, 'logo.png'),
      tinyPng(8, 8, (x) => [x * 20, 80, 160]),
    );
    const file = await rowsFile([
      JSON.stringify({ theme: 'night', image: 'logo.png' }),
      JSON.stringify({ type: 'refinement', original: './logo.png', prompt: 'warmer' }),
    ]);
    const { tasks } = JSON.parse((await cli.run('submit', '--file', file, '--json')).stdout);
    const [first, second] = await Promise.all(
      tasks.map(async ({ id }: { readonly id: string }) => (await cli.runtime.client.tasks.get(id)).input),
    );
    expect(first.image).toEqual(second.original);
    expect(first.image).toMatchObject({ kind: 'blob' });
  });

  it('takes owner, priority and time for all rows from the flags', async () => {
    const cli = testCli();
    const file = await rowsFile([row(1), row(2, { priority: 1 })]);
    const flags = ['--user', 'ann', '--priority', '7', '--run-at', '2030-01-31T09:00:00Z', '--max-attempts', '2'];
    const { batch } = JSON.parse((await cli.run('submit', '--file', file, ...flags, '--json')).stdout);
    expect(batch.userId).toBe('ann');
    const { tasks } = await cli.runtime.client.tasks.list({ userId: 'ann' });
    expect(tasks.map(({ priority }) => priority)).toEqual([1, 7]);
    expect(tasks[0]).toMatchObject({ runAt: '2030-01-31T09:00:00.000Z', maxAttempts: 2 });
  });
});

describe('bad rows', () => {
  const bad = [row(1), '{', row(2, { palettes: 99 }), '', JSON.stringify({ logo: 'x' }), row(3, { colour: 'red' })];

  it('are all told by their lines, and nothing is sent', async () => {
    const cli = testCli();
    const { code, stdout, stderr } = await cli.run('submit', '--file', await rowsFile(bad), '--batch', 'spring');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toEqual([
      'error: line 2: is not valid JSON',
      'error: line 3: palettes: must be from 1 to 20',
      'error: line 5: theme: is missing',
      expect.stringMatching(/^error: line 6: colour: unknown field; known are type, logo, /),
      'error: 4 of 5 rows cannot be submitted',
      'hint: mend these lines and run it again; nothing was sent',
    ]);
    expect((await cli.runtime.client.tasks.list()).tasks).toEqual([]);
    expect((await cli.run('status', '--batch', 'spring')).code).toBe(3);
  });

  it('are in the one error line with --json', async () => {
    const { code, stdout, stderr } = await testCli().run('submit', '--file', await rowsFile(bad), '--json');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const { error } = JSON.parse(stderr);
    expect(error).toMatchObject({ code: 'INVALID_INPUT', message: '4 of 5 rows cannot be submitted' });
    expect(error.rows).toHaveLength(4);
    expect(error.rows[1]).toEqual({ line: 3, message: 'palettes: must be from 1 to 20' });
  });

  it('are also those with the key of an earlier row for another input, by both lines', async () => {
    const cli = testCli();
    const keyed = (seed: number) => row(seed, { idempotencyKey: 'k' });
    const file = await rowsFile([...rows(600), '', keyed(601), keyed(601), keyed(602)]);
    const { code, stdout, stderr } = await cli.run('submit', '--file', file);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(
      'error: line 604: idempotencyKey: "k" is that of line 602 too, which has a different input\n',
    );
    expect((await cli.runtime.client.tasks.counts()).pending).toBe(0);
  });

  it('name fields as rows spell them', async () => {
    const file = await rowsFile([
      row(1, { palettes: 2, minVariations: 5 }),
      row(1, { numPalettes: 2 }),
      row(1, { palettes: 'numPalettes' }),
    ]);
    const { stderr } = await testCli().run('submit', '--file', file);
    const [first, second, third] = stderr.split('\n');
    expect(first).toMatch(/^error: line 1: minVariations: must not be greater than palettes: /);
    expect(second).toMatch(/^error: line 2: numPalettes: unknown field; known are .*palettes/);
    expect(third).toMatch(/^error: line 3: palettes: must be a whole number/);
  });

  it('of one row are counted as one', async () => {
    const { stderr } = await testCli().run('submit', '--file', await rowsFile(['{']));
    expect(stderr).toContain('error: 1 of 1 row cannot be submitted\n');
  });

  it('are shown up to twenty, with their number', async () => {
    const { stderr } = await testCli().run('submit', '--file', await rowsFile(Array.from({ length: 300 }, () => '{')));
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(22);
    expect(lines[20]).toBe('error: 300 of 300 rows cannot be submitted, the first 20 are named above');
  });

  it('are also those that only the store can tell', async () => {
    const original = '01890000-0000-7000-8000-000000000000';
    const file = await rowsFile([JSON.stringify({ type: 'refinement', original, prompt: 'x' })]);
    const { code, stderr } = await testCli().run('submit', '--file', file);
    expect(code).toBe(2);
    expect(stderr).toContain(`line 1: original: there is no concept ${original}`);
  });
});

describe('submit --file --wait', () => {
  it('works the batch in this process when no worker is alive, and answers with how the tasks ended', async () => {
    const cli = testCli();
    const file = await rowsFile([row(1, { palettes: 1 }), row(2, { palettes: 1 })]);
    const { code, stdout, stderr } = await cli.run('submit', '--file', file, '--wait', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { batch, tasks } = JSON.parse(stdout);
    expect(batch).toMatchObject({ created: 2, total: 2, counts: { completed: 2, pending: 0 } });
    expect(tasks.map(({ status }: { readonly status: string }) => status)).toEqual(['completed', 'completed']);
    const again = await cli.run('submit', '--file', file, '--wait', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ batch: { created: 0 }, tasks });
  });

  it('exits with 1 when a task failed', async () => {
    const images = scriptedImageProvider([{ image: {} }, { error: new ConceptError('PROVIDER_REFUSED', 'no') }]);
    const cli = testCli({ images });
    const { code, stdout } = await cli.run('submit', '--file', await rowsFile(rows(2)), '--wait', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout).batch.counts).toMatchObject({ completed: 1, failed: 1 });
  });

  it('times out with 124 and gives its own work back', async () => {
    const images = scriptedImageProvider([{ image: {}, delayMs: 60_000 }]);
    const cli = testCli({ images });
    const file = await rowsFile(rows(2));
    const args = ['submit', '--file', file, '--batch', 'my batch', '--wait', '--timeout', '0.3'];
    const { code, stderr } = await cli.run(...args);
    expect(code).toBe(124);
    expect(stderr).toContain('timed out waiting for batch my batch; its tasks are back in line');
    expect(stderr).toContain("concept work --drain, then: concept wait --batch 'my batch'");
    expect(await cli.runtime.client.tasks.counts()).toMatchObject({ pending: 2, processing: 0 });
  });

  it('an interruption says how to resume, and the same command takes up', async () => {
    const images = scriptedImageProvider([{ image: {}, delayMs: 60_000 }, { image: {} }, { image: {} }]);
    const cli = testCli({ images });
    const file = await rowsFile(rows(2));
    const running = cli.run('submit', '--file', file, '--batch', 'spring', '--wait');
    while ((await cli.runtime.client.tasks.counts()).processing === 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    cli.interrupt();
    const { code, stderr } = await running;
    expect(code).toBe(130);
    expect(stderr).toContain('concept wait --batch spring');
    const again = await cli.run('submit', '--file', file, '--batch', 'spring', '--wait', '--json');
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout).batch).toMatchObject({ created: 0, counts: { completed: 2 } });
  });
});
