import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateDatabase } from '../../../../src/adapters/stores/supabase/migrate.ts';
import { supabaseStore } from '../../../../src/adapters/stores/supabase.ts';
import { connectSupabase } from '../../../../src/adapters/supabase-connection.ts';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import type { Store } from '../../../../src/ports/store.ts';
import { conceptFor, newTask } from '../../../contracts/fixtures.ts';
import { type PostgrestDouble, startPostgrestDouble } from '../../../doubles/postgrest.ts';
import { skipsPostgres, startTestPostgres, type TestDatabase } from '../../../support/postgres.ts';
import { DEV } from './names.ts';

const USER = '00000000-0000-4000-8000-00000000000a';
const BASE_URLS = { concept: 'https://project.test/concepts/', palette: 'https://project.test/palettes/' };

/** What an API that was there before reads, with the queries of its client. */
describe.skipIf(skipsPostgres())('an existing API', () => {
  let database: TestDatabase;
  let api: PostgrestDouble;
  let store: Store;
  let client: SupabaseClient;
  beforeAll(async () => {
    database = await (await startTestPostgres()).createDatabase({ template: 'bare' });
    await migrateDatabase({ databaseUrl: database.superuserUrl, names: DEV });
    api = await startPostgrestDouble({ authenticatorUrl: database.authenticatorUrl });
    const connection = connectSupabase({ url: api.url, key: api.keys.secret });
    store = supabaseStore({ connection, clock: systemClock, suffix: '_dev', imageBaseUrls: BASE_URLS });
    client = createClient(api.url, api.keys.publishable, {
      auth: { persistSession: false, autoRefreshToken: false },
      realtime: { transport: class {} as never },
      accessToken: async () => api.tokenOf(USER),
    });
    await store.workers.register({ id: 'w', kind: 'worker', host: 'h', pid: 1, types: null }, 30_000);
  });
  afterAll(async () => {
    await api?.close();
    await database?.drop();
  });

  it('finds the task, its concept and its variations in the columns that it knows', async () => {
    const { task } = await store.tasks.submit(newTask(systemClock, { userId: USER }));
    const state = () => client.from('tasks_dev').select('status,result_id,error_message').eq('id', task.id).single();
    expect((await state()).data).toEqual({ status: 'pending', result_id: null, error_message: null });
    const [claimed] = await store.leases.claim({ workerId: 'w', limit: 1 });
    expect((await state()).data).toMatchObject({ status: 'processing' });
    const concept = conceptFor(task, new Date().toISOString());
    await store.leases.complete({ lease: claimed!.lease, result: { concept, partial: false } });
    expect((await state()).data).toEqual({ status: 'completed', result_id: concept.id, error_message: null });

    const concepts = await client
      .from('concepts_dev')
      .select('id,logo_description,theme_description,image_path,image_url,is_anonymous,task_id')
      .eq('user_id', USER)
      .order('created_at', { ascending: false })
      .limit(10);
    expect(concepts.data).toEqual([
      {
        id: concept.id,
        logo_description: concept.logoDescription,
        theme_description: concept.themeDescription,
        image_path: concept.image.path,
        image_url: `${BASE_URLS.concept}${concept.image.path}`,
        is_anonymous: false,
        task_id: task.id,
      },
    ]);
    const variations = await client
      .from('color_variations_dev')
      .select('palette_name,colors,image_path,image_url')
      .in('concept_id', [concept.id])
      .order('palette_name');
    expect(variations.data).toEqual(
      concept.variations.map(({ palette, image }) => ({
        palette_name: palette.name,
        colors: palette.colors,
        image_path: image.path,
        image_url: `${BASE_URLS.palette}${image.path}`,
      })),
    );
  });

  it('reads why a task failed', async () => {
    const { task } = await store.tasks.submit(newTask(systemClock, { userId: USER }));
    const [claimed] = await store.leases.claim({ workerId: 'w', limit: 1 });
    const error = { code: 'PROVIDER_REFUSED', message: 'the provider refused the text', retryable: false } as const;
    await store.leases.fail({ lease: claimed!.lease, error, retryAt: null });
    const { data } = await client.from('tasks_dev').select('status,error_message').eq('id', task.id).maybeSingle();
    expect(data).toEqual({ status: 'failed', error_message: expect.stringContaining('the provider refused the text') });
  });

  it('adds rows that wait for their message', async () => {
    const [row] = await database.query<{ id: string }>(
      "insert into tasks_dev (user_id, type) values ($1, 'concept_generation') returning id",
      [USER],
    );
    expect(await store.leases.claim({ workerId: 'w', limit: 5 })).toEqual([]);
    expect((await client.from('tasks_dev').select('status').eq('id', row!.id).single()).data).toEqual({
      status: 'pending',
    });
    expect(await store.tasks.get(row!.id)).toMatchObject({ id: row!.id, userId: USER, status: 'pending' });
  });
});
