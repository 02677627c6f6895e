import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { openBackends } from '../../src/config/open-backends.ts';
import { newTask } from '../contracts/fixtures.ts';
import { skipsPostgres, startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { openTestProject } from '../support/supabase.ts';

const USER_A = '00000000-0000-4000-8000-00000000000a';
const SECRET = 'a secret of at least thirty-two characters';
const load = (environment: Record<string, string>) =>
  loadConfig({ environment: { XDG_CONFIG_HOME: '/nonexistent', ...environment }, directory: '/nonexistent' });

describe('openBackends', () => {
  it('opens nothing of a backend that lacks something', async () => {
    const config = load({ CONCEPT_STORE: 'supabase' });
    const opening = openBackends(config, { clock: systemClock, credits: undefined });
    await expect(opening).rejects.toMatchObject({ code: 'INVALID_CONFIG', field: 'supabaseUrl' });
  });

  it('takes each part as it is chosen', async () => {
    const config = load({
      CONCEPT_SUPABASE_URL: 'https://project.supabase.co',
      CONCEPT_SUPABASE_SERVICE_ROLE: 'sb_secret_x',
      GCP_PROJECT_ID: 'project-1',
      CONCEPT_PUB_SUB_TOPIC_ID: 'concept-tasks',
      CONCEPT_BLOBS: 'files',
      CONCEPT_HOME: '/nonexistent/home',
    });
    const { store, queue, blobs } = await openBackends(config, { clock: systemClock, credits: undefined });
    expect([store.name, queue.name, blobs.name]).toEqual(['supabase', 'pubsub', 'filesystem']);
    const alone = await openBackends({ ...config, queue: 'store' }, { clock: systemClock, credits: undefined });
    expect([alone.queue.name, alone.queue.flags]).toEqual(['supabase', { delivers: 'signals', relayed: false }]);
  });
});

describe.skipIf(skipsPostgres())('a client for one user', () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startTestPostgres();
  });
  afterAll(() => postgres.stop());

  it('signs in as that user where it can, and the database shows it nobody else’s rows', async () => {
    const project = await openTestProject(postgres);
    const settings = {
      CONCEPT_SUPABASE_URL: project.api.url,
      CONCEPT_SUPABASE_KEY: project.api.keys.publishable,
      CONCEPT_SUPABASE_JWT_SECRET: SECRET,
      CONCEPT_BLOBS: 'files',
    };
    const service = project.store();
    await service.tasks.submit(newTask(systemClock, { userId: 'somebody' }));
    const { store } = await openBackends(load(settings), {
      clock: systemClock,
      credits: undefined,
      onlyUserId: USER_A,
    });
    // Not even where the caller forgets to ask for one user's rows.
    expect((await store.tasks.list({})).tasks).toEqual([]);
    const { task } = await store.tasks.submit(newTask(systemClock, { userId: 'somebody' }));
    expect(task.userId).toBe(USER_A);
    await expect(store.leases.sweep()).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await project.close();
  });
});
