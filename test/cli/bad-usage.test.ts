import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testCli } from './support.ts';

const GOOD = ['--logo', 'a fox', '--theme', 'night'] as const;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'concept-cli-'));
  await writeFile(join(folder, 'huge.png'), Buffer.alloc(20_000_001));
});
afterAll(() => rm(folder, { recursive: true }));

type Row = readonly [args: readonly string[], message: RegExp, hint: RegExp];

const ROWS: readonly Row[] = [
  [['sumbit'], /unknown command "sumbit"/, /did you mean submit\?/],
  [['submit', '--lgoo', 'x'], /unknown option "--lgoo"/, /did you mean --logo\?/],
  [['submit', '--nonsense'], /unknown option "--nonsense"/, /see: concept submit --help/],
  [['submit', '--logo'], /option "--logo <text>": the value is missing/, /see: concept submit --help/],
  [['help', 'nope'], /unknown command "nope"/, /see: concept --help/],
  [['help', 'sumbit'], /unknown command "sumbit"/, /did you mean submit\?/],
  [['status', 'a', 'b'], /too many arguments/, /see: concept status --help/],
  [['wait'], /missing argument: id/, /see: concept wait --help/],
  [['submit', ...GOOD, '--logo', 'b'], /--logo: is given twice/, /give --logo once/],
  [['submit', ...GOOD, '--palettes', '3', '--palettes', '4'], /--palettes: is given twice/, /once/],
  [['submit', '--theme', 'x'], /--logo: is missing/, /for example: concept submit/],
  [['submit', '--logo', 'x'], /--theme: is missing/, /for example: concept submit/],
  [['submit', '--logo', '', '--theme', 'x'], /--logo: must not be empty/, /--logo/],
  [['submit', '--logo', 'x', '--theme', '  '], /--theme: must not be empty/, /--theme/],
  [
    ['submit', '--logo', 'x'.repeat(2_001), '--theme', 'x'],
    /--logo: must have at most 2000 characters/,
    /submit --help/,
  ],
  [['submit', ...GOOD, '--palettes', '0'], /--palettes: expected a whole number from 1 to 20, received "0"/, /./],
  [['submit', ...GOOD, '--palettes', '21'], /--palettes: expected a whole number from 1 to 20/, /./],
  [['submit', ...GOOD, '--palettes', '-1'], /--palettes: expected a whole number/, /./],
  [['submit', ...GOOD, '--palettes', '7x'], /--palettes: expected a whole number/, /./],
  [['submit', ...GOOD, '--palettes', '1e1'], /--palettes: expected a whole number/, /./],
  [['submit', ...GOOD, '--palettes='], /--palettes: expected a whole number/, /./],
  [['submit', ...GOOD, '--seed', '1.5'], /--seed: expected a whole number/, /./],
  [['submit', ...GOOD, '--seed', '4294967296'], /--seed: expected a whole number/, /./],
  [['submit', ...GOOD, '--user', 'a/b'], /--user: expected 1 to 128 letters/, /./],
  [['submit', ...GOOD, '--type', 'colour'], /--type: expected one of generation, refinement/, /./],
  [['submit', ...GOOD, '--timeout', '5'], /--timeout: needs --wait/, /add --wait/],
  [['submit', ...GOOD, '--out', 'x'], /--out: needs --wait/, /concept download/],
  [['submit', ...GOOD, '--wait', '--timeout', '0'], /--timeout: expected a number of seconds above 0/, /./],
  [['submit', ...GOOD, '--prompt', 'x'], /--prompt: does not go with --type generation/, /./],
  [['submit', '--type', 'refinement', '--prompt', 'x'], /--original: is missing/, /./],
  [['submit', '--type', 'refinement', '--original', 'x.png'], /--prompt: is missing/, /./],
  [['refine', '/nonexistent/logo.png', 'warmer'], /--original: there is no file/, /existing file/],
  [['submit', '--theme', 'x', '--image', '/nonexistent.png'], /--image: there is no file/, /existing file/],
  [['submit', '--theme', 'x', '--image', tmpdir()], /--image: .* is a directory/, /./],
  [['submit', '--batch', 'x'], /--batch: needs --file/, /rows.jsonl/],
  [['submit', '--file', 'rows.csv'], /--file: .csv files are not read/, /JSON lines/],
  [['submit', '--file', 'rows.yaml'], /--file: .yaml files are not read/, /JSON lines/],
  [['submit', '--file', '/nonexistent/rows.jsonl'], /--file: there is no file/, /JSON lines/],
  [['submit', '--file', tmpdir()], /--file: .* is a directory/, /JSON lines/],
  [['submit', '--file', '-'], /--file: holds no rows/, /one JSON object per line/],
  [['submit', '--file', 'x.jsonl', '--logo', 'x'], /--logo: does not go with --file/, /in the rows/],
  [['submit', '--file', 'x.jsonl', '--idempotency-key', 'x'], /--idempotency-key: does not go with --file/, /rows/],
  [['submit', '--file', 'x.jsonl', '--wait', '--out', 'x'], /--out: does not go with --file/, /concept download/],
  [['submit', '--file', 'x.jsonl', '--timeout', '5'], /--timeout: needs --wait/, /add --wait/],
  [['submit', ...GOOD, '--priority', '101'], /--priority: expected a whole number from -100 to 100/, /./],
  [['submit', ...GOOD, '--run-at', 'tomorrow'], /--run-at: expected a time such as/, /./],
  [['submit', ...GOOD, '--run-at', '+10'], /--run-at: expected a time such as/, /./],
  [['submit', ...GOOD, '--run-at', '2030-13-01'], /--run-at: expected a time such as/, /./],
  [['submit', ...GOOD, '--max-attempts', '21'], /--max-attempts: expected a whole number from 1 to 20/, /./],
  [['cancel'], /missing argument: id, or --batch/, /see: concept cancel --help/],
  [['retry'], /missing argument: id, or --batch/, /see: concept retry --help/],
  [['watch'], /missing argument: id, or --batch/, /see: concept watch --help/],
  [['cancel', 'x', '--batch', 'y'], /--batch: does not go with a task id/, /not both/],
  [['status', 'x', '--batch', 'y'], /--batch: does not go with a task id/, /not both/],
  [['wait', '--batch', 'y', '--out', 'x'], /--out: does not go with --batch/, /concept download/],
  [['watch', '--batch', 'y', '--after-seq', '1'], /--after-seq: does not go with --batch/, /leave it out/],
  [['dead', 'lst'], /unknown command "lst"/, /did you mean list\?/],
  [['dead', 'list', '--code', 'NOPE'], /--code: expected one of INVALID_INPUT/, /see: concept dead list --help/],
  [['dead', 'redrive'], /nothing is selected/, /--all/],
  [['dead', 'redrive', '--limit', '5'], /nothing is selected/, /--all/],
  [['dead', 'redrive', 'x', '--all'], /ids do not go with --all/, /filters/],
  [['gc', '--older-than', '30'], /--older-than: expected a time span such as 90s/, /./],
  [['gc', '--max-bytes', '2 apples'], /--max-bytes: expected a size such as 500MB/, /./],
  [['gc', '--keep', '-1'], /--keep: expected a whole number from 0/, /./],
  [['pin'], /missing argument: id/, /see: concept pin --help/],
  [['list', '--status', 'done'], /--status: expected one of pending/, /./],
  [['list', '--limit', '0'], /--limit: expected a whole number/, /./],
  [['work', '--types', 'generation,x'], /--types: expected one of/, /./],
  [['work', '--concurrency', '0'], /--concurrency: expected a whole number from 1 to 64/, /./],
  [
    ['work', '--lease-seconds', '4000'],
    /--lease-seconds: expected a number from 0.5 to 3600/,
    /set it to a number from 0.5 .* default, 15/,
  ],
];

describe('bad usage', () => {
  it.each(ROWS.map((row) => [row[0].join(' ').slice(0, 80), ...row] as const))(
    '%s',
    async (_title, args, message, hint) => {
      const cli = testCli();
      const { code, stdout, stderr } = await cli.run(...args);
      expect(code).toBe(2);
      expect(stdout).toBe('');
      const [first, second, ...rest] = stderr.trimEnd().split('\n');
      expect(first).toMatch(/^error: /);
      expect(first).toMatch(message);
      expect(second).toMatch(/^hint: /);
      expect(second).toMatch(hint);
      expect(rest).toEqual([]);
      const { tasks } = await cli.runtime.client.tasks.list();
      expect(tasks).toEqual([]);
    },
  );

  it('refuses a file over the limit before it is read', async () => {
    const { code, stderr } = await testCli().run('submit', '--theme', 'x', '--image', join(folder, 'huge.png'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/--image: the file has 20000001 bytes, at most 20000000 are taken/);
  });

  it('needs a command with --json', async () => {
    const { code, stdout, stderr } = await testCli().run('--json');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(JSON.parse(stderr)).toEqual({
      error: { code: 'INVALID_INPUT', message: 'no command given', hint: 'see: concept --help' },
    });
  });

  it('reports in one JSON line with --json', async () => {
    const { code, stdout, stderr } = await testCli().run('submit', '--json', '--lgoo', 'x');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(JSON.parse(stderr)).toEqual({
      error: { code: 'INVALID_INPUT', message: 'unknown option "--lgoo"', hint: 'did you mean --logo?' },
    });
    expect(stderr.trimEnd()).not.toContain('\n');
  });
});
