import { describe, expect, it } from 'vitest';
import { eventually, workerLines, sandbox } from './support.ts';

const PANDA = ['submit', '--logo', 'a panda', '--theme', 'minimal, green and white'] as const;
/** Enough work that a worker is caught in the middle of it. */
const LONG = [...PANDA, '--palettes', '20'] as const;

describe('several processes', () => {
  it('one submits, one works, one waits', async () => {
    const { json, start, run } = await sandbox();
    const { task } = await json(...PANDA, '--palettes', '2');
    expect(task.status).toBe('pending');
    const waiter = start(['wait', task.id, '--json']);
    const { code, stdout } = await run('work', '--drain', '--json');
    expect(code).toBe(0);
    expect(workerLines(stdout)).toMatchObject([
      { taskId: task.id, outcome: 'completed' },
      { summary: { completed: 1 } },
    ]);
    const waited = await waiter.ended;
    expect(waited.code).toBe(0);
    expect(JSON.parse(waited.stdout)).toMatchObject({ task: { id: task.id, status: 'completed' } });
  });

  it('ten submit at once, two drain: ten completed, each once', async () => {
    const { start, json } = await sandbox();
    const submits = Array.from({ length: 10 }, (_, index) =>
      start([...PANDA, '--palettes', '1', '--seed', `${index}`, '--json']),
    );
    const submitted = await Promise.all(submits.map(({ ended }) => ended));
    expect(submitted.map(({ code }) => code)).toEqual(Array(10).fill(0));
    const ids = submitted.map(({ stdout }) => JSON.parse(stdout).task.id);
    const drains = [start(['work', '--drain', '--json']), start(['work', '--drain', '--json'])];
    const lines = (await Promise.all(drains.map(({ ended }) => ended))).flatMap(({ stdout }) => workerLines(stdout));
    const attempts = lines.filter((line) => line.taskId);
    expect(new Set(attempts.map(({ taskId }) => taskId))).toEqual(new Set(ids));
    expect(attempts).toHaveLength(10);
    expect(attempts.every(({ outcome, attempt }) => outcome === 'completed' && attempt === 1)).toBe(true);
    expect((await json('status')).counts).toMatchObject({ completed: 10, pending: 0, processing: 0, failed: 0 });
  });

  it('a killed worker’s task is finished by another, once', async () => {
    const { json, start, run } = await sandbox();
    const environment = { CONCEPT_LEASE_SECONDS: '2' };
    const { task } = await json(...LONG);
    const watch = start(['watch', task.id, '--json']);
    const victim = start(['work'], environment);
    await watch.seen(/"stage.started"/);
    victim.child.kill('SIGKILL');
    await victim.ended;
    expect((await json('status', task.id)).task.status).toBe('processing');
    const { code } = await start(['work', '--drain'], environment).ended;
    expect(code).toBe(0);
    expect((await json('status', task.id)).task).toMatchObject({ status: 'completed', attempt: 2 });
    expect((await watch.ended).stdout).toContain('"lease.expired"');
    expect((await json('show', task.id)).concept.variations).toHaveLength(20);
    expect((await run('list', '--status', 'completed')).stdout.trimEnd().split('\n')).toHaveLength(1);
  });

  it('SIGTERM stops a worker with 0 and gives its task back', async () => {
    const { json, start } = await sandbox();
    const { task } = await json(...LONG);
    const watch = start(['watch', task.id, '--json']);
    const worker = start(['work', '--json'], { CONCEPT_GRACE_SECONDS: '0' });
    await watch.seen(/"stage.started"/);
    worker.child.kill('SIGTERM');
    const { code, stdout } = await worker.ended;
    expect(code).toBe(0);
    expect(workerLines(stdout).at(-1)).toMatchObject({ summary: { released: 1 } });
    expect((await json('status', task.id)).task).toMatchObject({ status: 'pending', attempt: 0 });
    watch.child.kill('SIGINT');
    expect((await watch.ended).code).toBe(130);
  });

  it('submit --wait leaves its task to a live worker, and takes it over when that is gone', async () => {
    const { json, start } = await sandbox();
    const worker = start(['work', '--types', 'generation', '--json']);
    await eventually(async () => ((await json('status')).workers === 1 ? true : undefined));
    const left = await json(...PANDA, '--palettes', '1', '--wait');
    await worker.seen(new RegExp(left.task.id));
    worker.child.kill('SIGSTOP');
    const alone = start([...PANDA, '--palettes', '1', '--seed', '2', '--wait', '--json']);
    await eventually(async () => (await json('list', '--limit', '1')).tasks.find((task) => task.id !== left.task.id));
    worker.child.kill('SIGKILL');
    await worker.ended;
    const { code, stdout } = await alone.ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout).task.status).toBe('completed');
  });

  it('SIGINT of submit --wait gives the task back and says how to resume', async () => {
    const { json, start } = await sandbox();
    const submit = start([...LONG, '--wait']);
    const task = await eventually(async () => (await json('list', '--status', 'processing')).tasks[0]);
    submit.child.kill('SIGINT');
    const { code, stdout, stderr } = await submit.ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toContain(`concept wait ${task.id}`);
    expect((await json('status', task.id)).task.status).toBe('pending');
  });

  it('a timeout is 124, and the task is there to be finished', async () => {
    const { json, run } = await sandbox();
    const { code, stderr } = await run(...LONG, '--wait', '--timeout', '0.1', '--json');
    expect(code).toBe(124);
    expect(JSON.parse(stderr).error).toMatchObject({ code: 'TIMEOUT', hint: expect.stringContaining('concept wait') });
    await run('work', '--drain');
    expect((await json('list')).tasks).toMatchObject([{ status: 'completed' }]);
  });

  it('the same idempotency key from several processes gives one task', async () => {
    const { start, run } = await sandbox();
    const submits = Array.from({ length: 4 }, () => start([...PANDA, '--idempotency-key', 'k', '--quiet']));
    const ids = (await Promise.all(submits.map(({ ended }) => ended))).map(({ stdout }) => stdout);
    expect(new Set(ids).size).toBe(1);
    const { code, stderr } = await run(...PANDA, '--seed', '9', '--idempotency-key', 'k');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: .*\nhint: .*\n$/);
  });

  it('a reader that goes away ends the output quietly', async () => {
    const { start, run } = await sandbox();
    const id = (await run(...PANDA, '--quiet')).stdout.trim();
    const watch = start(['watch', id]);
    await watch.seen(/submitted/);
    watch.child.stdout!.destroy();
    await run('work', '--drain');
    const { code, stderr } = await watch.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});
