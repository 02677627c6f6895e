import { describe, expect, it } from 'vitest';
import { conceptFor } from '../contracts/fixtures.ts';
import { type TestCli, testCli } from './support.ts';

const NAME = 'spring';

async function withBatch(count: number, options: Parameters<typeof testCli>[0] = {}): Promise<TestCli> {
  const cli = testCli(options);
  const rows = Array.from({ length: count }, (_, seed) => ({
    type: 'generation' as const,
    logoDescription: 'a fox',
    themeDescription: 'night',
    numPalettes: 1,
    seed,
  }));
  await cli.runtime.client.batches.submit({ name: NAME, rows });
  return cli;
}

const json = async (cli: TestCli, ...args: readonly string[]) => JSON.parse((await cli.run(...args, '--json')).stdout);
const COUNTS = { pending: 0, due: 0, retrying: 0, processing: 0, completed: 0, failed: 0, cancelled: 0 };

describe('--batch', () => {
  it('status shows the batch by its name or id', async () => {
    const cli = await withBatch(2);
    const { batch } = await json(cli, 'status', '--batch', NAME);
    expect(batch).toEqual({
      id: expect.any(String),
      name: NAME,
      userId: 'local',
      createdAt: expect.any(String),
      total: 2,
      counts: { ...COUNTS, pending: 2, due: 2 },
    });
    expect(await json(cli, 'status', '--batch', batch.id)).toEqual({ batch });
    const { stdout } = await cli.run('status', '--batch', NAME);
    expect(stdout).toMatch(/^batch: spring\nid: .+\nuser: local\ncreated: .+\ntotal: 2\npending: 2\n/);
  });

  it('list shows its tasks only', async () => {
    const cli = await withBatch(2);
    await cli.run('submit', '--logo', 'an owl', '--theme', 'day');
    expect((await json(cli, 'list')).tasks).toHaveLength(3);
    expect((await json(cli, 'list', '--batch', NAME)).tasks).toHaveLength(2);
  });

  it('cancel and retry change all its tasks', async () => {
    const cli = await withBatch(3);
    expect(await json(cli, 'cancel', '--batch', NAME)).toMatchObject({
      batch: { name: NAME, counts: { cancelled: 3 } },
      changed: 3,
    });
    expect((await cli.run('retry', '--batch', NAME)).stdout).toBe('spring\t3 in line again\n');
    expect(await json(cli, 'retry', '--batch', NAME)).toMatchObject({ changed: 0 });
  });

  it('retry leaves paid calls of unknown outcome, and says how to start them', async () => {
    const cli = await withBatch(2);
    const { store } = cli;
    await store.workers.register({ id: 'w1', kind: 'worker', host: 'h', pid: 1, types: null }, 60_000);
    const [claimed] = await store.leases.claim({ workerId: 'w1', limit: 1 });
    const error = { code: 'PROVIDER_OUTCOME_UNKNOWN', message: 'who knows', retryable: false } as const;
    await store.leases.fail({ lease: claimed!.lease, error, retryAt: null });
    await cli.run('cancel', '--batch', NAME);
    const { stdout, stderr } = await cli.run('retry', '--batch', NAME);
    expect(stdout).toBe('spring\t1 in line again\n');
    expect(stderr).toMatch(/^1 left alone: .+ concept dead redrive --code PROVIDER_OUTCOME_UNKNOWN --batch spring$/m);
    expect(await json(cli, 'retry', '--batch', NAME)).toMatchObject({ changed: 0, left: 1 });
  });

  it('list names the next page with the filters that were given', async () => {
    const cli = await withBatch(2);
    const narrowed = ['--status', 'pending', '--type', 'generation', '--user', 'local', '--batch', NAME];
    const { stderr } = await cli.run('list', ...narrowed, '--limit', '1');
    expect(stderr).toMatch(
      /^more with: concept list --status pending --type generation --user local --batch spring --limit 1 --cursor \S+$/m,
    );
  });

  it.each([['status'], ['wait'], ['watch'], ['cancel'], ['retry'], ['list'], ['dead', 'list']])(
    '%s exits with 3 when there is no such batch',
    async (...command) => {
      const { code, stdout, stderr } = await testCli().run(...command, '--batch', 'nope', '--json');
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
      expect(JSON.parse(stderr).error).toMatchObject({ code: 'BATCH_NOT_FOUND', message: 'there is no batch nope' });
    },
  );
});

describe('wait --batch', () => {
  it('waits for a worker of another process, and exits with 0 when all are completed', async () => {
    const cli = await withBatch(2);
    const waiting = cli.run('wait', '--batch', NAME, '--json');
    await cli.run('work', '--drain');
    const { code, stdout, stderr } = await waiting;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ batch: { name: NAME, counts: { completed: 2 } } });
  });

  it('exits with 1 when one was cancelled', async () => {
    const cli = await withBatch(1);
    await cli.run('cancel', '--batch', NAME);
    expect((await cli.run('wait', '--batch', NAME)).code).toBe(1);
  });

  it('exits with 6 when some completed with variations missing', async () => {
    const cli = await withBatch(1);
    const { store } = cli;
    await store.workers.register({ id: 'w1', kind: 'worker', host: 'h', pid: 1, types: null }, 60_000);
    const [claimed] = await store.leases.claim({ workerId: 'w1', limit: 1 });
    const { lease, task } = claimed!;
    const concept = conceptFor(task, new Date().toISOString());
    await store.leases.complete({ lease, result: { concept, partial: true } });
    expect((await cli.run('wait', '--batch', NAME)).code).toBe(6);
    expect((await cli.run('watch', '--batch', NAME)).code).toBe(6);
  });

  it('times out with 124 and says that no worker is there', async () => {
    const cli = await withBatch(1);
    const { code, stderr } = await cli.run('wait', '--batch', NAME, '--timeout', '0.05');
    expect(code).toBe(124);
    expect(stderr).toContain('no worker is running');
    expect(stderr).toContain('hint: resume with: concept wait --batch spring');
  });
});

describe('watch --batch', () => {
  it('prints a summary per change with --json, to the end', async () => {
    const cli = await withBatch(2);
    const watching = cli.run('watch', '--batch', NAME, '--json');
    await new Promise((resolve) => setTimeout(resolve, 20));
    await cli.run('work', '--drain');
    const { code, stdout } = await watching;
    const summaries = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).batch.counts);
    expect(code).toBe(0);
    expect(summaries[0]).toMatchObject({ pending: 2, completed: 0 });
    expect(summaries.at(-1)).toEqual({ ...COUNTS, completed: 2 });
  });

  it('prints tab-separated rows off a terminal', async () => {
    const cli = await withBatch(1);
    await cli.run('cancel', '--batch', NAME);
    const { stdout } = await cli.run('watch', '--batch', NAME);
    expect(stdout).toMatch(/^\d{4}-\S+Z\t1\/1\t0 pending\t0 processing\t0 completed\t0 failed\t1 cancelled\n$/);
  });

  it('draws a table on a terminal, anew in place as the batch goes on', async () => {
    const cli = await withBatch(2, { terminal: { isTTY: true } });
    const watching = cli.run('watch', '--batch', NAME);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await cli.run('work', '--drain');
    const { code, stdout } = await watching;
    expect(code).toBe(0);
    const tables = stdout.split('\r\u001b[9A');
    expect(tables.length).toBeGreaterThan(1);
    expect(tables.at(0)).toMatch(/^batch spring\S*\npending +2\S*\n/);
    expect(tables.at(-1)).toMatch(/\npending +0\S*\n(.+\n)*completed +2\S*\n(.+\n)*done +2\/2\S*\n/);
  });

  it('draws the table once with --quiet, at the end', async () => {
    const cli = await withBatch(1, { terminal: { isTTY: true } });
    await cli.run('cancel', '--batch', NAME);
    const { stdout } = await cli.run('watch', '--batch', NAME, '--quiet');
    expect(stdout.match(/batch spring/g)).toHaveLength(1);
    expect(stdout).toMatch(/cancelled +1/);
  });
});
