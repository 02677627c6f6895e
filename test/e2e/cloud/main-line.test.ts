import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { skipsPostgres } from '../../support/postgres.ts';
import { skipsEmulator } from '../../support/pubsub-emulator.ts';
import { eventually, sandbox } from '../cli/support.ts';
import { type Deployment, startDeployment } from './deployment.ts';

const SUBMIT = ['submit', '--logo', 'a panda', '--theme', 'green and white', '--palettes', '1'] as const;

describe.skipIf(skipsPostgres() || skipsEmulator())('over Pub/Sub and Supabase', () => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await startDeployment();
  });
  afterAll(() => deployment?.close());

  it('submits in one process, works in another, and gives the pictures', async () => {
    const place = await sandbox(deployment.settings);
    const worker = place.start(['work']);
    const { task, concept, files } = await place.json(...SUBMIT, '--wait', '--timeout', '60', '--out', 'out');
    expect(task).toMatchObject({ status: 'completed', attempt: 1, resultId: concept.id });
    expect(files).toHaveLength(3);
    const buckets = [...deployment.storage.objects.keys()].map((key) => key.split('/')[0]);
    expect(new Set(buckets)).toEqual(new Set(['concepts', 'palettes']));
    worker.child.kill('SIGTERM');
    expect((await worker.ended).code).toBe(0);
    const [row] = await deployment.database.query(
      'select t.status, t.result_id, c.image_path, c.image_url, v.colors from tasks t join concepts c on c.id = t.result_id join color_variations v on v.concept_id = c.id where t.id = $1',
      [task.id],
    );
    expect(row).toMatchObject({ status: 'completed', result_id: concept.id, image_path: concept.image.path });
  });

  it('shows itself in doctor, and what is wrong', async () => {
    const place = await sandbox(deployment.settings);
    const { code, stdout } = await place.run('doctor', '--json');
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      expect.objectContaining({
        healthy: true,
        store: expect.objectContaining({ store: 'supabase' }),
        queue: expect.objectContaining({ queue: 'pubsub', topic: 'concept-tasks' }),
        blobs: expect.objectContaining({ blobs: 'supabase', buckets: 'concepts, palettes' }),
      }),
    ]);
    const wrong = await sandbox({ ...deployment.settings, CONCEPT_PUB_SUB_TOPIC_ID: 'no-such-topic' });
    const ill = await wrong.run('doctor');
    expect(ill.code).toBe(5);
    expect(ill.stdout).toContain('there is no topic no-such-topic');
    expect(ill.stdout).toContain('concept init pubsub');
    const unfinished = await sandbox({ ...deployment.settings, GCP_PROJECT_ID: '' });
    const half = await unfinished.run('doctor');
    expect(half.code).toBe(5);
    expect(half.stdout).toContain('problem: GCP_PROJECT_ID: not set');
    expect(half.stdout).toContain('buckets: concepts, palettes');
    expect(half.stdout).toContain('problems: 1\n');
  });

  it('accepts a task while the queue is away, and works it when it is back', async () => {
    const place = await sandbox(deployment.settings);
    await deployment.emulator.kill();
    const { code, stdout, stderr } = await place.run(...SUBMIT, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { task, published } = JSON.parse(stdout);
    expect(published).toBe(false);
    await deployment.emulator.start();
    await deployment.pubsub.init();
    const worker = place.start(['work']);
    const { task: done } = await place.json('wait', task.id, '--timeout', '60');
    expect(done.status).toBe('completed');
    worker.child.kill('SIGTERM');
    expect((await worker.ended).code).toBe(0);
  });

  it('works without Pub/Sub, over the table alone', async () => {
    const place = await sandbox({ ...deployment.settings, CONCEPT_QUEUE: 'store' });
    const worker = place.start(['work']);
    const { task } = await place.json(...SUBMIT, '--wait', '--timeout', '60');
    expect(task.status).toBe('completed');
    worker.child.kill('SIGTERM');
    expect((await worker.ended).code).toBe(0);
  });

  it('drains by single pulls, and ends', async () => {
    const place = await sandbox(deployment.settings);
    const ids = await Promise.all(
      [1, 2, 3].map(async (seed) => (await place.json(...SUBMIT, '--seed', `${seed}`)).task.id),
    );
    const { code, stderr } = await place.run('work', '--drain');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const id of ids) expect((await place.json('status', id)).task.status).toBe('completed');
  });

  it.each([
    [{ CONCEPT_SUPABASE_SERVICE_ROLE: '' }, 2, 'CONCEPT_SUPABASE_SERVICE_ROLE'],
    [{ CONCEPT_SUPABASE_URL: '' }, 2, 'CONCEPT_SUPABASE_URL'],
    [{ GCP_PROJECT_ID: '' }, 2, 'GCP_PROJECT_ID'],
    [{ CONCEPT_PUB_SUB_TOPIC_ID: '' }, 2, 'CONCEPT_PUB_SUB_TOPIC_ID'],
    [{ CONCEPT_SUPABASE_URL: 'http://127.0.0.1:9' }, 5, 'concept doctor'],
    [{ CONCEPT_SUPABASE_SERVICE_ROLE: 'sb_secret_wrong' }, 4, 'concept doctor'],
  ])('says at once what is missing or away: %j', async (change, code, text) => {
    const place = await sandbox({ ...deployment.settings, ...change });
    const begun = performance.now();
    const ended = await place.run('list');
    expect(ended.code).toBe(code);
    expect(ended.stderr).toContain(text);
    expect(ended.stderr).not.toContain('sb_secret');
    expect(performance.now() - begun).toBeLessThan(20_000);
  });

  it('works a message of an older publisher, whose row has no input', async () => {
    const place = await sandbox(deployment.settings);
    const id = '123e4567-e89b-12d3-a456-426614174000';
    await deployment.database.query(
      "insert into tasks (id, user_id, type, status) values ($1, 'u1', 'concept_generation', 'pending')",
      [id],
    );
    const message = {
      task_id: id,
      user_id: 'u1',
      logo_description: 'A cute panda eating bamboo',
      theme_description: 'Minimalist, green and white',
      num_palettes: '1',
      task_type: 'concept_generation',
    };
    await deployment.pubsub.client
      .topic('concept-tasks')
      .publishMessage({ data: Buffer.from(JSON.stringify(message)) });
    const worker = place.start(['work']);
    const row = await eventually(async () => {
      const [found] = await deployment.database.query<{ status: string; result_id: string }>(
        'select status, result_id from tasks where id = $1',
        [id],
      );
      return found?.status === 'completed' ? found : undefined;
    });
    const [concept] = await deployment.database.query('select * from concepts where id = $1', [row.result_id]);
    expect(concept).toMatchObject({ user_id: 'u1', task_id: id, logo_description: 'A cute panda eating bamboo' });
    const variations = await deployment.database.query('select * from color_variations where concept_id = $1', [
      row.result_id,
    ]);
    expect(variations).toHaveLength(1);
    worker.child.kill('SIGTERM');
    expect((await worker.ended).code).toBe(0);
  });
});
