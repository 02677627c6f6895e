import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { skipsPostgres } from '../../support/postgres.ts';
import { skipsEmulator } from '../../support/pubsub-emulator.ts';
import { eventually, type Running, type Sandbox, sandbox } from '../cli/support.ts';
import { type Deployment, startDeployment } from './deployment.ts';

const TASKS = 200;
const BATCH = 'survival';
const WORKERS = 2;

interface StatusRow {
  readonly status: string;
  readonly count: number;
}

describe.skipIf(skipsPostgres() || skipsEmulator())('while workers, the queue and the database go down', () => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await startDeployment();
  });
  afterAll(() => deployment?.close());

  it(`every one of ${TASKS} accepted tasks completes exactly once`, { timeout: 300_000 }, async () => {
    const place = await sandbox({ ...deployment.settings, CONCEPT_MAX_ATTEMPTS: '10' });
    const workers = Array.from({ length: WORKERS }, () => startWorker(place));
    const waiting = place.run(
      'submit',
      '--logo',
      'a fox',
      '--theme',
      'night',
      '--palettes',
      '1',
      '--wait',
      '--timeout',
      '250',
      '--json',
    );
    await submitBatch(place);

    const disturbances: readonly (readonly [number, string, () => Promise<void>])[] = [
      [20, 'SIGKILL of a worker', () => replace(workers, 0, 'SIGKILL', place)],
      [50, 'SIGTERM of a worker', () => replace(workers, 1, 'SIGTERM', place)],
      [80, 'restart of the queue', () => restartQueue(deployment)],
      [110, 'restart of the database', () => deployment.postgres.restart()],
      [140, 'SIGKILL of the other worker', () => replace(workers, 1, 'SIGKILL', place)],
      [170, 'SIGTERM of the other worker', () => replace(workers, 0, 'SIGTERM', place)],
    ];
    for (const [after, , disturb] of disturbances) {
      await eventually(async () => ((await completed(deployment)) >= after ? true : undefined));
      await disturb();
    }
    const { code, stdout, stderr } = await waiting;
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
    expect(JSON.parse(stdout).task.status).toBe('completed');
    await eventually(async () => ((await completed(deployment)) === TASKS + 1 ? true : undefined));
    for (const worker of workers) worker.child.kill('SIGTERM');
    for (const worker of workers) expect((await worker.ended).code).toBe(0);

    expect(await statuses(deployment)).toEqual([{ status: 'completed', count: TASKS + 1 }]);
    expect(await deployment.database.query(SELECT_ENDS)).toEqual([]);
    expect(await deployment.database.query(SELECT_GAPS)).toEqual([]);
    const [{ concepts, tasks }] = (await deployment.database.query<{ concepts: number; tasks: number }>(
      'select count(*)::int as concepts, count(distinct task_id)::int as tasks from concepts',
    )) as [{ concepts: number; tasks: number }];
    expect([concepts, tasks]).toEqual([TASKS + 1, TASKS + 1]);
  });
});

/** Tasks that were completed not just once. */
const SELECT_ENDS = `
  select task_id, count(*) from concept_private.events where type = 'completed' group by task_id having count(*) <> 1`;
/** Tasks whose events are not numbered 1, 2, 3, … */
const SELECT_GAPS = `
  select task_id from concept_private.events group by task_id having max(seq) <> count(*) or min(seq) <> 1`;

function startWorker(place: Sandbox): Running {
  return place.start(['work', '--concurrency', '2', '--quiet']);
}

async function submitBatch(place: Sandbox): Promise<void> {
  const rows = Array.from({ length: TASKS }, (_, seed) => ({ logo: 'a fox', theme: 'night blues', palettes: 1, seed }));
  const { code, stderr } = await place.startWithInput(rows.map((row) => JSON.stringify(row)).join('\n'), [
    'submit',
    '--file',
    '-',
    '--batch',
    BATCH,
    '--json',
  ]).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
}

/** Ends a worker and has another take its place. */
async function replace(
  workers: Running[],
  index: number,
  signal: 'SIGKILL' | 'SIGTERM',
  place: Sandbox,
): Promise<void> {
  const worker = workers[index]!;
  worker.child.kill(signal);
  const { code } = await worker.ended;
  expect(code).toBe(signal === 'SIGTERM' ? 0 : null);
  workers[index] = startWorker(place);
}

/** It keeps nothing: whatever was published and not worked is gone. */
async function restartQueue({ emulator, pubsub }: Deployment): Promise<void> {
  await emulator.kill();
  await sleep(1_000);
  await emulator.start();
  await pubsub.init();
}

async function completed(deployment: Deployment): Promise<number> {
  const rows = await statuses(deployment).catch(() => []);
  return rows.find(({ status }) => status === 'completed')?.count ?? 0;
}

function statuses({ database }: Deployment): Promise<readonly StatusRow[]> {
  return database.query<StatusRow>('select status, count(*)::int as count from tasks group by status order by status');
}
