import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { ConceptError } from '../../src/core/errors.ts';
import { scriptedImageProvider } from '../../src/testing/scripted-image-provider.ts';
import { testCli } from './support.ts';

const SUBMIT = ['submit', '--logo', 'a fox', '--theme', 'night', '--palettes', '2'] as const;
const MISSING = '0198c9f2-8a51-7cc3-b1de-0c4a5ff0a111';
const TASK_FIELDS = ['attempt', 'batchId', 'completedAt', 'createdAt', 'error', 'id', 'idempotencyKey', 'input'].concat(
  [
    'maxAttempts',
    'partial',
    'priority',
    'progress',
    'resultId',
    'runAt',
    'startedAt',
    'status',
    'type',
    'updatedAt',
    'userId',
  ],
);

describe('JSON shapes', () => {
  it('submit: the task, without its lease', async () => {
    const { code, stdout, stderr } = await testCli().run(...SUBMIT, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const document = JSON.parse(stdout);
    expect(document).toEqual({ task: expect.anything(), published: true });
    expect(Object.keys(document.task).toSorted()).toEqual(TASK_FIELDS);
    expect(document.task).toMatchObject({ type: 'generation', status: 'pending', userId: 'local', resultId: null });
  });

  it('submit --wait: task, concept and files', async () => {
    const { code, stdout, stderr } = await testCli().run(...SUBMIT, '--wait', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { task, concept, files } = JSON.parse(stdout);
    expect(task).toMatchObject({ status: 'completed', attempt: 1, resultId: concept.id });
    expect(concept).toMatchObject({ taskId: task.id, logoDescription: 'a fox', image: { contentType: 'image/png' } });
    expect(concept.variations).toHaveLength(2);
    expect(files).toHaveLength(3);
  });

  it('status, list, show, download, cancel and retry', async () => {
    const cli = testCli();
    const json = async (...args: readonly string[]) => JSON.parse((await cli.run(...args, '--json')).stdout);
    const { task } = await json(...SUBMIT);
    expect((await json('status', task.id)).task).toEqual(task);
    expect(await json('status')).toEqual({
      counts: { pending: 1, due: 1, retrying: 0, processing: 0, completed: 0, failed: 0, cancelled: 0 },
      workers: 0,
    });
    expect(await json('list')).toEqual({ tasks: [task], nextCursor: null });
    expect((await json('cancel', task.id)).task).toMatchObject({ id: task.id, status: 'cancelled' });
    expect((await json('retry', task.id)).task).toMatchObject({ id: task.id, status: 'pending' });

    const worked = (await cli.run('work', '--drain', '--json')).stdout.trimEnd().split('\n');
    const [attempt, { summary }] = worked.map((line) => JSON.parse(line));
    expect(attempt).toMatchObject({ taskId: task.id, type: 'generation', outcome: 'completed', error: null });
    expect(summary).toMatchObject({ completed: 1, failed: 0 });

    const { concept } = await json('show', task.id);
    expect(concept).toMatchObject({ id: task.id, themeDescription: 'night' });
    const folder = await mkdtemp(join(tmpdir(), 'concept-cli-'));
    const { files } = await json('download', task.id, '--out', folder);
    expect(files).toHaveLength(4);
    expect(await readdir(folder)).toHaveLength(4);
    await rm(folder, { recursive: true });
  });

  it('watch: one event a line, to the end', async () => {
    const cli = testCli();
    const { task } = JSON.parse((await cli.run(...SUBMIT, '--wait', '--json')).stdout);
    const { code, stdout } = await cli.run('watch', task.id, '--json');
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(0);
    expect(events[0]).toMatchObject({ taskId: task.id, seq: 1, type: 'submitted' });
    expect(events.at(-1)).toMatchObject({ type: 'completed' });
    const after = await cli.run('watch', task.id, '--json', '--after-seq', String(events.length - 1));
    expect(after.stdout.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('plain output', () => {
  it('submit prints the id alone on stdout', async () => {
    const { stdout, stderr } = await testCli().run(...SUBMIT);
    expect(stdout).toMatch(/^[0-9a-f-]{36}\n$/);
    expect(stderr).toContain(`concept wait ${stdout.trim()}`);
    expect(stderr).toContain('no worker is running');
  });

  it('submit --wait prints key: value lines, palettes and files', async () => {
    const { stdout, stderr } = await testCli().run(...SUBMIT, '--wait');
    expect(stdout).toMatch(/^concept: [0-9a-f-]{36}$/m);
    expect(stdout.match(/^palette: .+\t#[0-9a-f]{6}( #[0-9a-f]{6})+$/gm)).toHaveLength(2);
    expect(stdout.match(/^file: /gm)).toHaveLength(3);
    expect(stdout).not.toContain('\u001b');
    expect(stderr).toMatch(/making palettes: \d/);
  });

  it('is silent on stderr with --quiet', async () => {
    expect((await testCli().run(...SUBMIT, '--quiet')).stderr).toBe('');
  });

  it('list is tab-separated', async () => {
    const cli = testCli();
    await cli.run(...SUBMIT);
    expect((await cli.run('list')).stdout).toMatch(/^[0-9a-f-]{36}\tgeneration\tpending\t0\t\S+\ta fox · night\n$/);
  });

  it('--version prints the version alone', async () => {
    expect(await testCli().run('--version')).toEqual({ code: 0, stdout: `${packageJson.version}\n`, stderr: '' });
  });

  it.each([[[]], [['--quiet']], [['--verbose']], [['help']], [['--help']]])('%j shows help', async (args) => {
    const { code, stdout, stderr } = await testCli().run(...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: concept/);
    expect(stdout.match(/Exit codes/g)).toHaveLength(1);
  });
});

describe('a terminal', () => {
  const terminal = { isTTY: true, colourLevel: 3, columns: 140 } as const;

  it('gets swatches in the palettes’ own colours', async () => {
    const { stdout } = await testCli({ terminal }).run(...SUBMIT, '--wait');
    const [, hex] = /#([0-9a-f]{6})/.exec(stdout)!;
    const [red, green, blue] = [0, 2, 4].map((start) => Number.parseInt(hex!.slice(start, start + 2), 16));
    expect(stdout).toContain(`\u001b[48;2;${red};${green};${blue}m`);
  });

  it('gets a table of tasks', async () => {
    const cli = testCli({ terminal });
    await cli.run(...SUBMIT);
    const { stdout } = await cli.run('list');
    expect(stdout).toMatch(/ID.+TYPE.+STATUS.+SUBJECT/);
    expect(stdout).toContain('just now');
  });
});

describe('ends', () => {
  it.each(['status', 'wait', 'watch', 'cancel', 'retry', 'show', 'download'])(
    '%s of an unknown id is 3',
    async (name) => {
      const { code, stdout, stderr } = await testCli().run(name, MISSING);
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
      const task = `error: there is no task ${MISSING}\nhint: list tasks with: concept list\n`;
      const concept = `error: there is no concept ${MISSING}\nhint: list finished tasks with: concept list --status completed\n`;
      expect(stderr).toBe(name === 'show' || name === 'download' ? concept : task);
    },
  );

  it('show of a task that is not finished says what to do', async () => {
    const cli = testCli();
    const id = (await cli.run(...SUBMIT)).stdout.trim();
    const { code, stderr } = await cli.run('show', id);
    expect(code).toBe(3);
    expect(stderr).toContain(`task ${id} is pending`);
    expect(stderr).toContain(`concept wait ${id}`);
  });

  it('a failed task is 1 with its own error', async () => {
    const images = scriptedImageProvider([{ error: new ConceptError('PROVIDER_REFUSED', 'not this subject') }]);
    const { code, stdout, stderr } = await testCli({ images }).run(...SUBMIT, '--wait', '--json');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(JSON.parse(stderr).error).toMatchObject({ code: 'PROVIDER_REFUSED' });
  });

  it('a cancelled task is 1 with TASK_CANCELLED', async () => {
    const cli = testCli();
    const id = (await cli.run(...SUBMIT)).stdout.trim();
    await cli.run('cancel', id);
    const { code, stderr } = await cli.run('wait', id, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stderr).error.code).toBe('TASK_CANCELLED');
    expect((await cli.run('cancel', id)).code).toBe(2);
  });

  it('a timeout is 124 while the task goes on', async () => {
    const cli = testCli();
    const id = (await cli.run(...SUBMIT)).stdout.trim();
    const { code, stderr } = await cli.run('wait', id, '--timeout', '0.05');
    expect(code).toBe(124);
    expect(stderr).toContain('no worker is running');
    expect(stderr).toContain(`timed out waiting for task ${id}; it is waiting for a worker`);
    expect(stderr).toContain(`hint: work it with: concept work --drain, then: concept wait ${id}`);
  });

  it.each(['--json', '--quiet'])('%s says of a timeout that the task is waiting for a worker', async (flag) => {
    const cli = testCli();
    const id = (await cli.run(...SUBMIT)).stdout.trim();
    for (const name of ['wait', 'watch']) {
      const { code, stderr } = await cli.run(name, id, '--timeout', '0.05', flag);
      expect(code).toBe(124);
      expect(stderr).toContain('it is waiting for a worker');
      expect(stderr).toContain(`concept work --drain, then: concept ${name} ${id}`);
    }
  });

  it('a timeout beside a live worker says how to resume', async () => {
    const images = scriptedImageProvider([{ image: {}, delayMs: 60_000 }]);
    const cli = testCli({ images });
    const id = (await cli.run(...SUBMIT)).stdout.trim();
    const stop = new AbortController();
    const working = (await cli.runtime.createWorker()).run({ signal: stop.signal });
    await untilProcessing(cli);
    const { code, stderr } = await cli.run('wait', id, '--timeout', '0.05');
    stop.abort();
    await working;
    expect(code).toBe(124);
    expect(stderr).toContain(`hint: resume with: concept wait ${id}`);
  });

  it('an interrupted wait gives its own work back', async () => {
    const images = scriptedImageProvider([{ image: {}, delayMs: 60_000 }]);
    const cli = testCli({ images });
    const running = cli.run(...SUBMIT, '--wait');
    const id = await untilProcessing(cli);
    cli.interrupt();
    const { code, stdout, stderr } = await running;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toContain(`finish it with: concept work --drain, then: concept wait ${id}`);
    const task = await cli.runtime.client.tasks.get(id);
    expect(task).toMatchObject({ status: 'pending', attempt: 0 });
  });

  it('a stopped worker exits 0', async () => {
    const cli = testCli();
    const running = cli.run('work');
    await new Promise((resolve) => setTimeout(resolve, 50));
    cli.interrupt();
    const { code, stdout, stderr } = await running;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^summary: nothing to do in /);
    expect(stderr).toContain('stopping');
  });
});

async function untilProcessing({ runtime }: ReturnType<typeof testCli>): Promise<string> {
  for (;;) {
    const { tasks } = await runtime.client.tasks.list({ status: 'processing' });
    if (tasks[0]) return tasks[0].id;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
