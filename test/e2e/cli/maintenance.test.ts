import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sandbox, type Sandbox } from './support.ts';

const PANDA = ['submit', '--logo', 'a panda', '--theme', 'green and white', '--palettes', '1'] as const;
/** Nothing listens there: the attempt fails for good. */
const UNREACHABLE = ['refine', 'http://127.0.0.1:9/logo.png', 'warmer', '--max-attempts', '1', '--quiet'] as const;
const LOOPBACK = { CONCEPT_ALLOW_HTTP_LOOPBACK: 'on' };

async function json<T>({ run }: Sandbox, ...args: readonly string[]): Promise<T> {
  return JSON.parse((await run(...args, '--json')).stdout);
}

async function images({ home }: Sandbox): Promise<readonly string[]> {
  const entries = await readdir(join(home, 'blobs'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

describe('failed tasks', () => {
  it('are listed with their errors, and redriven with the error kept', async () => {
    const box = await sandbox();
    const id = (await box.start(UNREACHABLE, LOOPBACK).ended).stdout.trim();
    await box.start(['work', '--drain'], LOOPBACK).ended;
    const { stdout } = await box.run('dead', 'list', '--code', 'IMAGE_FETCH_FAILED');
    expect(stdout).toMatch(new RegExp(`^${id}\trefinement\tIMAGE_FETCH_FAILED\t.+\t1\t`));
    expect(await json(box, 'dead', 'redrive', '--all', '--dry-run')).toEqual({ changed: 1, left: 0, dryRun: true });
    expect(await json(box, 'dead', 'redrive', '--code', 'IMAGE_FETCH_FAILED')).toEqual({
      changed: 1,
      left: 0,
      dryRun: false,
    });
    expect((await box.json('status', id)).task).toMatchObject({
      status: 'pending',
      attempt: 0,
      error: { code: 'IMAGE_FETCH_FAILED' },
    });
    await box.start(['work', '--drain'], LOOPBACK).ended;
    expect((await box.json('dead', 'list')).tasks).toMatchObject([{ id, status: 'failed' }]);
  });
});

describe('gc', () => {
  it('removes tasks with their images, spares pinned ones, and counts the same in a dry run', async () => {
    const box = await sandbox();
    const { task: pinned } = await box.json(...PANDA, '--wait');
    await box.json(...PANDA, '--seed', '2', '--wait');
    expect(await images(box)).toHaveLength(4);
    await box.run('pin', pinned.id);
    const dry = await json<object>(box, 'gc', '--keep', '0', '--dry-run');
    expect(dry).toMatchObject({ tasks: 1, blobs: 2, orphans: 0, dryRun: true });
    expect(await images(box)).toHaveLength(4);
    expect(await json(box, 'gc', '--keep', '0')).toEqual({ ...dry, dryRun: false });
    expect(await images(box)).toHaveLength(2);
    expect((await box.json('list')).tasks).toMatchObject([{ id: pinned.id }]);
    expect((await box.json('show', pinned.id)).concept.taskId).toBe(pinned.id);
  });

  it('beside a worker that is at work loses nothing', async () => {
    const box = await sandbox();
    for (const seed of [1, 2, 3, 4, 5, 6]) await box.run(...PANDA, '--seed', String(seed), '--quiet');
    const worker = box.start(['work', '--drain', '--json']);
    while (worker.child.exitCode === null) {
      expect((await box.run('gc', '--older-than', '1h', '--quiet')).code).toBe(0);
    }
    await worker.ended;
    expect((await box.json('status')).counts).toMatchObject({ completed: 6, failed: 0 });
    expect(await images(box)).toHaveLength(12);
  });
});

describe('doctor', () => {
  it('finds nothing wrong with a data directory in use, and names what was set', async () => {
    const box = await sandbox();
    await box.json(...PANDA, '--wait');
    const { code, stdout } = await box.start(['doctor', '--json'], { CONCEPT_MAX_RUNNING: '3' }).ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      healthy: true,
      home: box.home,
      settings: { maxRunning: 3 },
      problems: [],
      counts: { completed: 1, failed: 0 },
    });
  });

  it('says that processes wake each other, where files can be watched', async () => {
    const box = await sandbox();
    expect(await json(box, 'doctor')).toMatchObject({ store: { wakeUp: 'doorbell' } });
  });
});

describe('when to run', () => {
  it('gives each type its attempts, and a task its own', async () => {
    const box = await sandbox();
    const attempts = { CONCEPT_MAX_ATTEMPTS: '4', CONCEPT_MAX_ATTEMPTS_REFINEMENT: '7' };
    const given = async (...args: readonly string[]) =>
      JSON.parse((await box.start([...args, '--json'], { ...attempts, ...LOOPBACK }).ended).stdout).task.maxAttempts;
    expect(await given(...PANDA)).toBe(4);
    expect(await given('refine', 'http://127.0.0.1:9/logo.png', 'warmer')).toBe(7);
    expect(await given(...PANDA, '--seed', '2', '--max-attempts', '2')).toBe(2);
  });

  it('--run-at keeps a task back, and --priority lets one go first', async () => {
    const box = await sandbox();
    const { task: later } = await box.json(...PANDA, '--run-at', '+1h');
    const { task: low } = await box.json(...PANDA, '--seed', '2');
    const { task: high } = await box.json(...PANDA, '--seed', '3', '--priority', '5');
    const { stdout } = await box.run('work', '--drain', '--concurrency', '1', '--json');
    const worked = stdout.trimEnd().split('\n').slice(0, -1);
    expect(worked.map((line) => JSON.parse(line).taskId)).toEqual([high.id, low.id]);
    expect((await box.json('status', later.id)).task.status).toBe('pending');
  });
});
