import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

let home: string;
let environment: NodeJS.ProcessEnv;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'concept-examples-'));
  environment = { ...process.env, CONCEPT_HOME: home, XDG_CONFIG_HOME: home, PORT: '0' };
});
afterEach(() => rm(home, { recursive: true }));

describe('examples/submit-batch.mjs', () => {
  it('makes a concept per row, and submits nothing twice', async () => {
    const example = () => run(process.execPath, ['examples/submit-batch.mjs'], { cwd: root, env: environment });
    const first = await example();
    expect(first.stdout.split('\n')).toEqual([
      expect.stringMatching(/^a lighthouse on a cliff: [^,]+, [^,]+, [^,]+$/),
      expect.stringMatching(/^a cactus in a pot: /),
      expect.stringMatching(/^an owl with glasses: /),
      '',
    ]);
    expect((await example()).stdout).toBe(first.stdout);
    const status = await run(process.execPath, ['bin/concept', 'status', '--json'], { cwd: root, env: environment });
    expect(JSON.parse(status.stdout)).toMatchObject({ counts: { completed: 3, pending: 0 } });
  });
});

describe('examples/backend.mjs', () => {
  let server: ChildProcess;
  let url: string;
  beforeEach(async () => {
    server = spawn(process.execPath, ['examples/backend.mjs'], { cwd: root, env: environment, stdio: 'pipe' });
    const [line] = (await once(createInterface({ input: server.stdout! }), 'line')) as [string];
    url = line.replace('listening on ', '');
  });
  afterEach(async () => {
    server.kill('SIGTERM');
    if (server.exitCode === null) await once(server, 'exit');
  });

  const post = (body: string) => fetch(`${url}/concepts`, { method: 'POST', body });

  it('answers 202 with the task’s id, and later with the concept', async () => {
    const accepted = await post(JSON.stringify({ logo: 'a sailing boat', theme: 'harbour at dusk', palettes: 2 }));
    expect(accepted.status).toBe(202);
    const { taskId, status } = (await accepted.json()) as { taskId: string; status: string };
    expect(status).toBe('pending');
    expect(accepted.headers.get('location')).toBe(`/concepts/${taskId}`);

    await run(process.execPath, ['bin/concept', 'work', '--drain'], { cwd: root, env: environment });
    const finished = await fetch(`${url}/concepts/${taskId}`);
    expect(await finished.json()).toMatchObject({
      status: 'completed',
      concept: { id: taskId, variations: [expect.anything(), expect.anything()] },
    });
  });

  it.each([
    ['{"logo":"", "theme":"x"}', 400, 'INVALID_INPUT'],
    ['{"logo":"x", "theme":"y", "palettes": 99}', 400, 'INVALID_INPUT'],
    ['not json', 400, 'INVALID_INPUT'],
  ])('answers %s with %i and a code', async (body, status, code) => {
    const refused = await post(body);
    expect(refused.status).toBe(status);
    expect(await refused.json()).toMatchObject({ error: { code } });
  });

  it('answers 404 for a task that is not there', async () => {
    const missing = await fetch(`${url}/concepts/01890000-0000-7000-8000-000000000000`);
    expect(missing.status).toBe(404);
    expect(await missing.json()).toMatchObject({ error: { code: 'TASK_NOT_FOUND' } });
  });
});
