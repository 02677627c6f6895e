import { describe, expect, it } from 'vitest';
import { ConceptError, type ErrorCode } from '../../src/core/errors.ts';
import { type TestCli, testCli } from './support.ts';

const json = async (cli: TestCli, ...args: readonly string[]) => JSON.parse((await cli.run(...args, '--json')).stdout);

/** Failed tasks, one per code, the first failed first. */
async function withDead(...codes: readonly ErrorCode[]): Promise<{ readonly cli: TestCli; readonly ids: string[] }> {
  const cli = testCli();
  const { store } = cli;
  const ids: string[] = [];
  await store.workers.register({ id: 'w1', kind: 'worker', host: 'h', pid: 1, types: null }, 60_000);
  for (const [seed, code] of codes.entries()) {
    const submission = { logoDescription: 'a fox', themeDescription: 'night', seed };
    ids.push((await cli.runtime.client.tasks.submit({ type: 'generation', ...submission })).id);
    const [claimed] = await store.leases.claim({ workerId: 'w1', limit: 1 });
    const error = { code, message: `it said\n${code}`, retryable: false };
    await store.leases.fail({ lease: claimed!.lease, error, retryAt: null });
  }
  await store.workers.retire('w1');
  return { cli, ids };
}

describe('dead list', () => {
  it('shows failed tasks with their errors, newest first', async () => {
    const { cli, ids } = await withDead('PROVIDER_FAILED', 'TIMEOUT');
    const { tasks, nextCursor } = await json(cli, 'dead', 'list');
    expect(nextCursor).toBeNull();
    expect(tasks).toMatchObject([
      { id: ids[1], status: 'failed', error: { code: 'TIMEOUT' } },
      { id: ids[0], status: 'failed', error: { code: 'PROVIDER_FAILED' } },
    ]);
    const { stdout } = await cli.run('dead', 'list', '--limit', '1');
    expect(stdout).toMatch(/^[0-9a-f-]{36}\tgeneration\tTIMEOUT\tit said TIMEOUT\t1\t\d{4}-\S+Z\n$/);
  });

  it('narrows by code, type, user and batch', async () => {
    const { cli, ids } = await withDead('PROVIDER_FAILED', 'TIMEOUT');
    const narrowed = async (...filter: readonly string[]) =>
      (await json(cli, 'dead', 'list', ...filter)).tasks.map(({ id }: { readonly id: string }) => id);
    expect(await narrowed('--code', 'PROVIDER_FAILED')).toEqual([ids[0]]);
    expect(await narrowed('--type', 'refinement')).toEqual([]);
    expect(await narrowed('--user', 'bob')).toEqual([]);
    await cli.runtime.client.batches.submit({ name: 'spring', rows: [] });
    expect(await narrowed('--batch', 'spring')).toEqual([]);
  });

  it('names the next page with the filters that were given', async () => {
    const { cli } = await withDead('TIMEOUT', 'TIMEOUT');
    await cli.runtime.client.batches.submit({ name: 'my batch', rows: [] });
    const narrowed = ['--type', 'generation', '--code', 'TIMEOUT', '--user', 'local', '--limit', '1'];
    const { stdout, stderr } = await cli.run('dead', 'list', ...narrowed);
    const [, more] = /^more with: concept (dead list .+)$/m.exec(stderr) ?? [];
    expect(more).toMatch(/^dead list --type generation --code TIMEOUT --user local --limit 1 --cursor \S+$/);
    const next = await cli.run(...more!.split(' '));
    expect(next.stdout).toMatch(/\tTIMEOUT\t/);
    expect(next.stdout).not.toBe(stdout);
    expect(next.stderr).not.toContain('more with');
  });

  it('draws a table on a terminal', async () => {
    const cli = testCli({ terminal: { isTTY: true, columns: 140 } });
    expect((await cli.run('dead', 'list')).stdout).toBe('');
    await cli.run('submit', '--logo', 'x', '--theme', 'y');
    expect((await cli.run('dead', 'list')).stderr).toContain('no failed tasks');
  });
});

describe('dead redrive', () => {
  it('starts tasks again by id; the error stays to be read', async () => {
    const { cli, ids } = await withDead('PROVIDER_FAILED', 'TIMEOUT');
    expect(await json(cli, 'dead', 'redrive', ids[0]!)).toEqual({ changed: 1, left: 0, dryRun: false });
    const { task } = await json(cli, 'status', ids[0]!);
    expect(task).toMatchObject({ status: 'pending', attempt: 0, error: { code: 'PROVIDER_FAILED' } });
    expect((await cli.run('watch', ids[0]!, '--timeout', '0.05')).stdout).toMatch(/failed.*PROVIDER_FAILED/);
  });

  it('starts nothing when one of the ids is no failed task', async () => {
    const { cli, ids } = await withDead('PROVIDER_FAILED', 'TIMEOUT');
    await cli.run('dead', 'redrive', ids[1]!);
    const { code, stderr } = await cli.run('dead', 'redrive', ids[0]!, ids[1]!);
    expect(code).toBe(2);
    expect(stderr).toContain(`task ${ids[1]} is pending, not failed`);
    expect((await json(cli, 'dead', 'list')).tasks).toHaveLength(1);
  });

  it('starts tasks again by filter and limit; a dry run counts them', async () => {
    const { cli, ids } = await withDead('PROVIDER_FAILED', 'TIMEOUT', 'PROVIDER_FAILED', 'PROVIDER_FAILED');
    const filter = ['--code', 'PROVIDER_FAILED', '--limit', '2'];
    expect(await json(cli, 'dead', 'redrive', ...filter, '--dry-run')).toEqual({ changed: 2, left: 0, dryRun: true });
    expect((await cli.run('dead', 'redrive', ...filter)).stdout).toBe('2 in line again\n');
    expect((await json(cli, 'dead', 'list')).tasks).toMatchObject([{ id: ids[3] }, { id: ids[1] }]);
    expect(await json(cli, 'dead', 'redrive', '--all')).toEqual({ changed: 2, left: 0, dryRun: false });
  });

  it('leaves paid calls of unknown outcome, and says how to start them', async () => {
    const { cli, ids } = await withDead('PROVIDER_OUTCOME_UNKNOWN', 'TIMEOUT', 'PROVIDER_OUTCOME_UNKNOWN');
    const filter = ['--user', 'local'];
    expect(await json(cli, 'dead', 'redrive', '--all', '--dry-run')).toEqual({ changed: 1, left: 2, dryRun: true });
    const { stdout, stderr } = await cli.run('dead', 'redrive', ...filter);
    expect(stdout).toBe('1 in line again\n');
    expect(stderr).toMatch(/^2 left alone: .+ concept dead redrive --code PROVIDER_OUTCOME_UNKNOWN --user local$/m);
    expect(await json(cli, 'dead', 'redrive', ids[0]!)).toEqual({ changed: 1, left: 0, dryRun: false });
    const named = ['--code', 'PROVIDER_OUTCOME_UNKNOWN'];
    expect(await json(cli, 'dead', 'redrive', ...named, '--dry-run')).toMatchObject({ changed: 1, left: 0 });
    expect(await json(cli, 'dead', 'redrive', ...named)).toEqual({ changed: 1, left: 0, dryRun: false });
  });

  it('is explained by dead alone', async () => {
    const { code, stdout } = await testCli().run('dead');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: concept dead/);
  });
});

describe('gc, pin and unpin', () => {
  const SUBMIT = ['submit', '--logo', 'a fox', '--theme', 'night', '--palettes', '1', '--wait', '--json'] as const;

  it('removes tasks by rules, and never a pinned one', async () => {
    const cli = testCli();
    const first = JSON.parse((await cli.run(...SUBMIT)).stdout).task.id;
    await cli.run(...SUBMIT);
    expect(await json(cli, 'pin', first)).toEqual({ taskId: first, pinned: true });
    const dry = await json(cli, 'gc', '--keep', '0', '--dry-run');
    expect(dry).toEqual({ tasks: 1, blobs: 2, bytes: expect.any(Number), orphans: 0, leftovers: 0, dryRun: true });
    expect(await json(cli, 'gc', '--keep', '0')).toEqual({ ...dry, dryRun: false });
    expect((await json(cli, 'list')).tasks).toMatchObject([{ id: first }]);
    expect((await cli.run('unpin', first)).stdout).toBe(`${first}\tunpinned\n`);
    expect(await json(cli, 'gc', '--keep', '0')).toMatchObject({ tasks: 1 });
    expect((await cli.run('pin', first)).code).toBe(3);
  });

  it('says what it does without a rule', async () => {
    const { code, stdout, stderr } = await testCli().run('gc');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'tasks: 0\nblobs: 0\norphans: 0\nleftovers: 0\nbytes: 0\n' });
    expect(stderr).toContain('no rule given');
    expect((await testCli().run('gc', '--keep', '5', '--dry-run')).stderr).toBe(
      'nothing was removed: this was a dry run\n',
    );
  });
});

describe('doctor', () => {
  it('shows what is in force, and exits with 0 when nothing is wrong', async () => {
    const { cli } = await withDead('TIMEOUT');
    const { code, stdout } = await cli.run('doctor', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      healthy: true,
      home: cli.runtime.config.home,
      settings: {},
      store: (await cli.store.diagnose()).facts,
      queue: { queue: 'memory' },
      blobs: { blobs: 'memory' },
      provider: 'builtin',
      ignored: expect.any(Array),
      problems: [],
      workers: [],
      counts: expect.objectContaining({ failed: 1, retrying: 0 }),
    });
    expect((await cli.run('doctor')).stdout).toMatch(/^failed: 1$/m);
  });

  it('shows the rest when a backend cannot be reached', async () => {
    const cli = testCli();
    const away = () => Promise.reject(new ConceptError('STORE_UNAVAILABLE', 'nobody answers', { hint: 'wait' }));
    Object.assign(cli.store, { diagnose: away });
    Object.assign(cli.store.tasks, { counts: away });
    Object.assign(cli.store.workers, { live: away });
    const { code, stdout } = await cli.run('doctor', '--json');
    expect(code).toBe(5);
    expect(JSON.parse(stdout)).toMatchObject({
      problems: [{ part: 'store', code: 'STORE_UNAVAILABLE', message: 'nobody answers', hint: 'wait' }],
      queue: { queue: 'memory' },
      workers: null,
      counts: null,
    });
    expect((await cli.run('doctor')).stdout).toContain('  problem: nobody answers\n  hint: wait\n');
  });

  it('names every setting that a part lacks, and goes on with the others', async () => {
    const environment = { XDG_CONFIG_HOME: '/nonexistent', CONCEPT_STORE: 'supabase', CONCEPT_QUEUE: 'pubsub' };
    const cli = testCli({ environment: { ...environment, CONCEPT_BLOBS: 'files' } });
    const { code, stdout } = await cli.run('doctor', '--json');
    expect(code).toBe(5);
    const { store, queue, blobs, problems } = JSON.parse(stdout);
    expect([store, queue, blobs]).toEqual([{ store: 'supabase' }, { queue: 'pubsub' }, { blobs: 'memory' }]);
    expect(problems.map(({ part, message }: Record<string, string>) => `${part}: ${message}`)).toEqual([
      'store: CONCEPT_SUPABASE_URL: not set, and the Supabase backend needs it',
      'store: CONCEPT_SUPABASE_SERVICE_ROLE: not set, and the Supabase backend needs it',
      'queue: GCP_PROJECT_ID: not set, and the Pub/Sub queue needs it',
      'queue: CONCEPT_PUB_SUB_TOPIC_ID: not set, and the Pub/Sub queue needs it',
    ]);
    for (const { hint } of problems) expect(hint).toMatch(/^set \w+/);
  });

  it('exits with 5 when something is, and says what to do', async () => {
    const cli = testCli();
    const problems = [{ code: 'STORE_CORRUPT', message: 'a page is torn', hint: 'restore a copy' }];
    Object.assign(cli.store, { diagnose: async () => ({ facts: { wakeUp: 'polling' }, problems }) });
    const { code, stdout } = await cli.run('doctor');
    expect(code).toBe(5);
    expect(stdout).toMatch(/^ {2}wake up: polling$/m);
    expect(stdout).toContain('  problem: a page is torn\n  hint: restore a copy\n');
    expect((await json(cli, 'doctor')).problems).toEqual([{ part: 'store', ...problems[0] }]);
  });
});
