import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateDatabase, migrationStates } from '../../../../src/adapters/stores/supabase/migrate.ts';
import {
  type DatabaseNames,
  readMigrations,
  withNames,
} from '../../../../src/adapters/stores/supabase/migration-files.ts';
import { connectSupabase } from '../../../../src/adapters/supabase-connection.ts';
import { supabaseStore } from '../../../../src/adapters/stores/supabase.ts';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import { newTask } from '../../../contracts/fixtures.ts';
import { startPostgrestDouble } from '../../../doubles/postgrest.ts';
import { findPostgres } from '../../../support/postgres/find-postgres.ts';
import { skipsPostgres, startTestPostgres, type TestDatabase, type TestPostgres } from '../../../support/postgres.ts';

const NAMES: DatabaseNames = {
  suffix: '',
  tasks: 'tasks',
  concepts: 'concepts',
  variations: 'color_variations',
  conceptBucket: 'concepts',
  paletteBucket: 'palettes',
};
const DEV: DatabaseNames = {
  ...NAMES,
  suffix: '_dev',
  tasks: 'tasks_dev',
  concepts: 'concepts_dev',
  variations: 'color_variations_dev',
};

/** A deployment from before this package: its tables, its own check, its rows. */
const LEGACY = `
  create table tasks_dev (id uuid primary key default gen_random_uuid(), created_at timestamptz default now(),
    updated_at timestamptz default now(), user_id text not null, type text not null,
    status text not null default 'pending' check (status in ('pending', 'processing', 'completed', 'failed')),
    result_id uuid, error_message text, metadata jsonb);
  create table concepts_dev (id uuid primary key default gen_random_uuid(), created_at timestamptz not null default now(),
    user_id text not null, logo_description text not null, theme_description text not null, image_path text not null,
    image_url text, is_anonymous boolean not null default false, task_id uuid, refinement_prompt text, original_image_url text);
  create table color_variations_dev (id uuid primary key default gen_random_uuid(),
    concept_id uuid not null references concepts_dev (id), palette_name text not null, colors jsonb not null, description text,
    image_path text not null, image_url text);
  insert into tasks_dev (id, user_id, type, status) values
    ('00000000-0000-4000-8000-000000000001', 'u1', 'concept_generation', 'completed'),
    ('00000000-0000-4000-8000-000000000002', 'u1', 'concept_generation', 'pending');
  insert into concepts_dev (id, user_id, logo_description, theme_description, image_path)
    values ('00000000-0000-4000-8000-00000000000c', 'u1', 'a fox', 'night', 'u1/old/fox.png');
  insert into color_variations_dev (concept_id, palette_name, colors, image_path)
    values ('00000000-0000-4000-8000-00000000000c', 'Night', '["#101828"]', 'u1/old/night.png');`;

describe.each(['installed', 'embedded'])('on the %s Postgres', (kind) => {
  const programs = findPostgres(kind);
  const isMissing = 'missing' in programs;
  if (isMissing) process.stderr.write(`skipped on the ${kind} Postgres: ${programs.missing}\n`);

  describe.skipIf(isMissing || skipsPostgres())('migrations', () => {
    let postgres: TestPostgres;
    beforeAll(async () => {
      if (!isMissing) postgres = await startTestPostgres(programs);
    });
    afterAll(() => postgres?.stop());

    const bare = (): Promise<TestDatabase> => postgres.createDatabase({ template: 'bare' });

    it('are applied once, and tell which', async () => {
      const database = await bare();
      const options = { databaseUrl: database.superuserUrl, names: NAMES };
      const before = await migrationStates(options);
      expect(before.length).toBeGreaterThan(3);
      expect(before.every(({ appliedAt }) => appliedAt === null)).toBe(true);
      const applied = await migrateDatabase(options);
      expect(applied.map(({ version }) => version)).toEqual(before.map(({ version }) => version));
      expect(await migrateDatabase(options)).toEqual([]);
      expect(await migrationStates(options)).toEqual(applied);
      await database.drop();
    });

    it('take turns when two processes apply them at the same time', async () => {
      const database = await bare();
      const options = { databaseUrl: database.superuserUrl, names: NAMES };
      const [one, two] = await Promise.all([migrateDatabase(options), migrateDatabase(options)]);
      expect(one.length + two.length).toBe(readMigrations(NAMES).length);
      await database.drop();
    });

    it('extend the tables of a running deployment in place, and keep their rows', async () => {
      const database = await bare();
      await database.query(LEGACY);
      await migrateDatabase({ databaseUrl: database.superuserUrl, names: DEV });
      expect(await database.query('select count(*)::int as tasks from tasks_dev')).toEqual([{ tasks: 2 }]);
      const api = await startPostgrestDouble({ authenticatorUrl: database.authenticatorUrl });
      const connection = connectSupabase({ url: api.url, key: api.keys.secret });
      const store = supabaseStore({ connection, clock: systemClock, suffix: '_dev' });
      const { tasks } = await store.tasks.list({});
      expect(tasks.map(({ status, input }) => [status, input])).toEqual([
        ['pending', {}],
        ['completed', {}],
      ]);
      const [concept] = (await store.concepts.list({})).concepts;
      expect(concept).toMatchObject({ logoDescription: 'a fox', image: { path: 'u1/old/fox.png' } });
      expect(concept!.variations).toMatchObject([{ palette: { name: 'Night', colors: ['#101828'] } }]);
      // Its own old rows are not claimed without their message, nor published.
      await store.workers.register({ id: 'w', kind: 'worker', host: 'h', pid: 1, types: null }, 30_000);
      expect(await store.leases.claim({ workerId: 'w', limit: 5 })).toEqual([]);
      expect(await store.outbox.take({ limit: 5, unpublishedForMs: 0, republishAfterMs: 1 })).toEqual([]);
      expect((await store.diagnose()).facts).toMatchObject({ rowsWithoutInput: 1 });
      expect((await store.tasks.cancel(tasks[0]!.id)).status).toBe('cancelled');
      const { task } = await store.tasks.submit(newTask(systemClock));
      expect((await store.leases.claim({ workerId: 'w', limit: 5 })).map((claimed) => claimed.task.id)).toEqual([
        task.id,
      ]);
      await api.close();
      await database.drop();
    });

    it('keep deployments of one database apart', async () => {
      const database = await bare();
      for (const names of [NAMES, DEV]) await migrateDatabase({ databaseUrl: database.superuserUrl, names });
      const api = await startPostgrestDouble({ authenticatorUrl: database.authenticatorUrl });
      const connection = connectSupabase({ url: api.url, key: api.keys.secret });
      const [main, dev] = ['', '_dev'].map((suffix) => supabaseStore({ connection, clock: systemClock, suffix }));
      await main!.tasks.submit(newTask(systemClock));
      expect((await main!.tasks.list({})).tasks).toHaveLength(1);
      expect((await dev!.tasks.list({})).tasks).toEqual([]);
      await api.close();
      await database.drop();
    });

    it('refuse a database that is no project, and a table that cannot be extended', async () => {
      const [plain, other] = [await bare(), await bare()];
      await plain.query('drop schema auth cascade');
      const refused = { code: 'INVALID_CONFIG', message: expect.stringContaining('no function auth.uid()') };
      await expect(migrateDatabase({ databaseUrl: plain.superuserUrl, names: NAMES })).rejects.toMatchObject(refused);
      await other.query('create table tasks (id uuid primary key, user_id uuid)');
      await expect(migrateDatabase({ databaseUrl: other.superuserUrl, names: NAMES })).rejects.toMatchObject({
        code: 'INVALID_CONFIG',
        message: 'public.tasks.user_id is of type uuid, and has to be text',
        hint: expect.stringContaining('alter column user_id type text'),
      });
      await plain.drop();
      await other.drop();
    });

    it('refuse to go on from another form of themselves', async () => {
      const database = await bare();
      const options = { databaseUrl: database.superuserUrl, names: NAMES };
      await migrateDatabase(options);
      await database.query("update concept_private.migrations set checksum = 'other'");
      await expect(migrateDatabase(options)).rejects.toMatchObject({ code: 'STORE_TOO_NEW' });
      await database.drop();
    });

    it('let nobody call anything but those that are meant to', async () => {
      const database = await postgres.createDatabase();
      const acl = await database.query<{ name: string; who: string }>(`
        select p.proname as name, r.rolname as who from pg_proc p cross join pg_roles r
        where p.proname like 'concept\\_%' and p.pronamespace = 'public'::regnamespace
          and r.rolname in ('anon', 'authenticated', 'service_role') and has_function_privilege(r.oid, p.oid, 'execute')
        order by 1, 2`);
      const may = (role: string): string[] => acl.filter(({ who }) => who === role).map(({ name }) => name);
      expect(may('anon')).toEqual([]);
      expect(may('authenticated')).toEqual(OWNERS_FUNCTIONS);
      expect(may('service_role')).toEqual([...OWNERS_FUNCTIONS, ...WORKERS_FUNCTIONS].toSorted());
      const functions = await database.query<{ name: string; path: string[] | null; definer: boolean; kind: string }>(`
        select n.nspname || '.' || p.proname as name, p.proconfig as path, p.prosecdef as definer, p.provolatile as kind
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where (n.nspname = 'public' and p.proname like 'concept\\_%') or n.nspname = 'concept_private'`);
      for (const { name, path } of functions) expect([name, path]).toEqual([name, ['search_path=""']]);
      const inPrivate = await database.query(`
        select 1 from pg_proc p cross join pg_roles r where p.pronamespace = 'concept_private'::regnamespace
          and r.rolname in ('anon', 'authenticated') and has_function_privilege(r.oid, p.oid, 'execute')
          and has_schema_privilege(r.oid, p.pronamespace, 'usage')`);
      expect(inPrivate).toEqual([]);
      const open = await database.query(`
        select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind = 'r' and not c.relrowsecurity and (n.nspname = 'concept_private'
          or c.relname in ('tasks', 'concepts', 'color_variations', 'task_results'))`);
      expect(open).toEqual([]);
      await database.drop();
    });
  });
});

describe('names', () => {
  it('carry the suffix everywhere', () => {
    for (const { sql } of readMigrations(DEV)) {
      const code = sql.replace(/^--.*$/gm, '');
      expect(code).not.toMatch(/\bpublic\.(tasks|concepts|color_variations|task_results)\b/);
      expect(code).not.toMatch(/\bpublic\.concept_[a-z_]+(?<!_dev)\b/);
      expect(code).not.toMatch(/\bconcept_private\b/);
      expect(code).not.toMatch(/\bconcept__[a-z_]+(?<!_dev)\b/);
    }
  });

  it('leave words alone', () => {
    expect(withNames('public.tasks tasks public.concept_claim( concept', { ...DEV, tasks: 'jobs' })).toBe(
      'public.jobs tasks public.concept_claim_dev( concept',
    );
  });
});

const OWNERS_FUNCTIONS = [
  'concept_cancel_task',
  'concept_cancel_tasks',
  'concept_count_tasks',
  'concept_credit_balance',
  'concept_get_batch',
  'concept_get_concept',
  'concept_get_result',
  'concept_get_task',
  'concept_list_concepts',
  'concept_list_events',
  'concept_list_tasks',
  'concept_open_batch',
  'concept_pin_task',
  'concept_retry_task',
  'concept_retry_tasks',
  'concept_submit',
];
const WORKERS_FUNCTIONS = [
  'concept_checkpoint',
  'concept_claim',
  'concept_complete',
  'concept_diagnose',
  'concept_fail',
  'concept_finished_tasks',
  'concept_grant_credits',
  'concept_heartbeat',
  'concept_live_workers',
  'concept_outbox_mark',
  'concept_outbox_take',
  'concept_peek',
  'concept_prune',
  'concept_record',
  'concept_referenced_blobs',
  'concept_refuse',
  'concept_register_worker',
  'concept_release',
  'concept_remove_tasks',
  'concept_retire_worker',
  'concept_sweep',
];
