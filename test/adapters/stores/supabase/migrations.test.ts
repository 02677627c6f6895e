import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { migrateDatabase, migrationScript, migrationStates } from '../../../../src/adapters/stores/supabase/migrate.ts';
import { type DatabaseNames, readMigrations } from '../../../../src/adapters/stores/supabase/migration-files.ts';
import { supabaseStore } from '../../../../src/adapters/stores/supabase.ts';
import { connectSupabase } from '../../../../src/adapters/supabase-connection.ts';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import type { Store } from '../../../../src/ports/store.ts';
import { newTask } from '../../../contracts/fixtures.ts';
import { startPostgrestDouble } from '../../../doubles/postgrest.ts';
import { skipsPostgres, startTestPostgres, type TestDatabase, type TestPostgres } from '../../../support/postgres.ts';
import { findPostgres } from '../../../support/postgres/find-postgres.ts';
import { DEV, NAMES } from './names.ts';

/** A deployment from before this package: its tables, its own checks, references and policies, its rows. */
const LEGACY = `
  create table tasks_dev (id uuid primary key default gen_random_uuid(), created_at timestamptz default now(),
    updated_at timestamptz default now(), user_id text not null,
    type character varying(50) not null check (type in ('concept_generation', 'concept_refinement')),
    status text not null default 'pending' check (status in ('pending', 'processing', 'completed', 'failed')),
    result_id uuid, error_message text, metadata jsonb);
  create table concepts_dev (id uuid primary key default gen_random_uuid(), created_at timestamptz not null default now(),
    user_id text not null, logo_description text not null, theme_description text not null, image_path text not null,
    image_url text, is_anonymous boolean not null default false, task_id uuid, refinement_prompt text, original_image_url text);
  alter table tasks_dev add foreign key (result_id) references concepts_dev (id);
  create table color_variations_dev (id uuid primary key default gen_random_uuid(),
    concept_id uuid not null references concepts_dev (id), palette_name text not null, colors jsonb not null, description text,
    image_path text not null, image_url text);
  insert into concepts_dev (id, user_id, logo_description, theme_description, image_path)
    values ('00000000-0000-4000-8000-00000000000c', 'u1', 'a fox', 'night', 'u1/old/fox.png');
  insert into color_variations_dev (concept_id, palette_name, colors, image_path)
    values ('00000000-0000-4000-8000-00000000000c', 'Night', '["#101828"]', 'u1/old/night.png');
  insert into tasks_dev (id, user_id, type, status, result_id) values
    ('00000000-0000-4000-8000-000000000001', 'u1', 'concept_generation', 'completed', '00000000-0000-4000-8000-00000000000c'),
    ('00000000-0000-4000-8000-000000000002', 'u1', 'concept_generation', 'pending', null);
  alter table tasks_dev enable row level security;
  create policy "users add tasks" on tasks_dev for insert to authenticated with check (user_id = (select auth.uid())::text);`;

describe.each(['installed', 'embedded'])('on the %s Postgres', (kind) => {
  const programs = findPostgres(kind);
  const isMissing = 'missing' in programs;
  if (isMissing) process.stderr.write(`skipped on the ${kind} Postgres: ${programs.missing}\n`);

  describe.skipIf(isMissing || skipsPostgres())('migrations', () => {
    let postgres: TestPostgres;
    let database: TestDatabase;
    const migrate = (names: DatabaseNames = NAMES) => migrateDatabase({ databaseUrl: database.superuserUrl, names });
    const states = (names: DatabaseNames = NAMES) => migrationStates({ databaseUrl: database.superuserUrl, names });
    const statuses = async (): Promise<string[]> => [...new Set((await states()).map(({ status }) => status))];

    beforeAll(async () => {
      if (!isMissing) postgres = await startTestPostgres(programs);
    });
    afterAll(() => postgres?.stop());
    beforeEach(async () => {
      database = await postgres.createDatabase({ template: 'bare' });
    });
    afterEach(() => database.drop());

    async function withStores(suffixes: readonly string[], use: (stores: readonly Store[]) => Promise<void>) {
      const api = await startPostgrestDouble({ authenticatorUrl: database.authenticatorUrl });
      const connection = connectSupabase({ url: api.url, key: api.keys.secret });
      await use(suffixes.map((suffix) => supabaseStore({ connection, clock: systemClock, suffix })));
      await api.close();
    }

    it('are applied once, and tell which', async () => {
      expect(await statuses()).toEqual(['missing']);
      const { applied, warnings } = await migrate();
      expect(applied.map(({ version }) => version)).toEqual(readMigrations(NAMES).map(({ version }) => version));
      expect(warnings).toEqual([]);
      expect(await migrate()).toEqual({ applied: [], warnings: [] });
      expect(await statuses()).toEqual(['applied']);
    });

    it('take turns when two processes apply them at the same time', async () => {
      const [one, two] = await Promise.all([migrate(), migrate()]);
      expect(one.applied.length + two.applied.length).toBe(readMigrations(NAMES).length);
    });

    it('note themselves when they are applied as a script, which may be run again', async () => {
      const script = readMigrations(DEV)
        .map((migration) => migrationScript(migration, DEV))
        .join('');
      for (let runs = 0; runs < 2; runs++) await database.query(script);
      expect((await migrate(DEV)).applied).toEqual([]);
    });

    it('extend the tables of a running deployment in place, and keep their rows', async () => {
      await database.query(LEGACY);
      const { warnings } = await migrate(DEV);
      expect(warnings).toEqual([expect.stringContaining('tasks_dev has policies of its own')]);
      expect((await migrate(DEV)).applied).toEqual([]);
      await withStores(['_dev'], async ([store]) => {
        const { tasks } = await store!.tasks.list({});
        expect(tasks.map(({ status }) => status)).toEqual(['pending', 'completed']);
        const [concept] = (await store!.concepts.list({})).concepts;
        expect(concept).toMatchObject({ logoDescription: 'a fox', image: { path: 'u1/old/fox.png' } });
        expect(concept!.variations).toMatchObject([{ palette: { name: 'Night', colors: ['#101828'] } }]);
        // Its own old rows are not claimed without their message, nor published.
        await store!.workers.register({ id: 'w', kind: 'worker', host: 'h', pid: 1, types: null }, 30_000);
        expect(await store!.leases.claim({ workerId: 'w', limit: 5 })).toEqual([]);
        expect(await store!.outbox.take({ limit: 5, unpublishedForMs: 0, republishAfterMs: 1 })).toEqual([]);
        expect((await store!.diagnose()).facts).toMatchObject({ rowsWithoutInput: 1 });
        expect((await store!.tasks.cancel(tasks[0]!.id)).status).toBe('cancelled');
        const { task } = await store!.tasks.submit(newTask(systemClock));
        const claims = await store!.leases.claim({ workerId: 'w', limit: 5 });
        expect(claims.map((claimed) => claimed.task.id)).toEqual([task.id]);
      });
      await withStores(['_dev'], async ([store]) => {
        const completed = '00000000-0000-4000-8000-000000000001';
        // Its variations refer to their concept without a cascade.
        expect(await store!.retention.remove([completed])).toMatchObject([{ taskId: completed }]);
        expect((await store!.concepts.list({})).concepts).toEqual([]);
      });
      // Results of the other types are no concepts, and their types are new.
      await database.query(
        "insert into tasks_dev (user_id, type, status, result_id) values ('u1', 'coloring_page', 'completed', gen_random_uuid())",
      );
      expect(await database.query("select 1 from pg_policies where policyname = 'users add tasks'")).toHaveLength(1);
    });

    it('keep deployments of one database apart', async () => {
      for (const names of [NAMES, DEV]) await migrate(names);
      await withStores(['', '_dev'], async ([main, dev]) => {
        await main!.tasks.submit(newTask(systemClock));
        expect((await main!.tasks.list({})).tasks).toHaveLength(1);
        expect((await dev!.tasks.list({})).tasks).toEqual([]);
      });
    });

    it('make policies for other buckets anew, and refuse tables of other names', async () => {
      await migrate();
      const moved = { ...NAMES, conceptBucket: 'pictures' };
      expect((await migrate(moved)).applied.map(({ name }) => name)).toEqual(['concept_access']);
      const [policy] = await database.query<{ qual: string }>(
        "select qual from pg_policies where policyname = 'concept__objects_own_read'",
      );
      expect(policy!.qual).toMatch(/pictures.*palettes/);
      expect(await database.query("select public from storage.buckets where id = 'pictures'")).toEqual([
        { public: false },
      ]);
      await expect(migrate({ ...moved, tasks: 'jobs' })).rejects.toMatchObject({
        code: 'INVALID_CONFIG',
        message: expect.stringContaining('for tables of other names'),
      });
    });

    it.each([
      ['drop schema auth cascade', 'no function auth.uid()', 'connection string'],
      [
        'create table tasks (id uuid primary key, created_at timestamptz, updated_at timestamptz, user_id uuid, type text, status text)',
        'public.tasks.user_id is of type uuid, and has to be text',
        'alter column user_id type text',
      ],
      [
        "create type state as enum ('pending'); create table tasks (id uuid primary key, created_at timestamptz, updated_at timestamptz, user_id text, type text, status state)",
        'public.tasks.status is of type state',
        'alter column status type text',
      ],
      ['create table concepts (id bigint primary key)', 'public.concepts has no created_at', 'name another table'],
      [
        'create table color_variations (id uuid, concept_id uuid, palette_name text, colors jsonb, image_path text)',
        'public.color_variations.id is no key',
        'add primary key',
      ],
      [
        'create table tasks (id uuid primary key, created_at timestamptz, updated_at timestamptz, user_id text, type text, status text, origin text not null)',
        'public.tasks.origin must not be null',
        'drop not null',
      ],
    ])('refuse a database with: %s', async (change, problem, hint) => {
      await database.query(change);
      await expect(migrate()).rejects.toMatchObject({
        code: 'INVALID_CONFIG',
        message: expect.stringContaining(problem),
        hint: expect.stringContaining(hint),
      });
      expect(await statuses()).toEqual(['missing']);
    });

    it('refuse to go on from another form of themselves, and from a later version', async () => {
      await migrate();
      await database.query(
        "insert into concept_private.migrations (version, name, checksum, tables, buckets) values ('29991231000001', 'concept_later', '', '', '')",
      );
      await expect(migrate()).rejects.toMatchObject({ code: 'STORE_TOO_NEW' });
      expect((await states()).at(-1)).toMatchObject({ name: 'concept_later', status: 'unknown' });
      await database.query("update concept_private.migrations set checksum = 'other'");
      await expect(migrate()).rejects.toMatchObject({
        code: 'STORE_TOO_NEW',
        message: expect.stringContaining('was applied in another form'),
      });
      expect(await statuses()).toEqual(['changed', 'unknown']);
    });

    it('give up on a table that others hold, and keep nothing of what they began', async () => {
      await database.query(LEGACY);
      const holder = database.query('select pg_sleep(1.5) from tasks_dev limit 1');
      const options = { databaseUrl: database.superuserUrl, names: DEV, lockWaitMs: 100 };
      await expect(migrateDatabase(options)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
      await holder;
      expect(await database.query("select 1 from pg_namespace where nspname = 'concept_private_dev'")).toEqual([]);
    });

    it('tell what keeps them from connecting', async () => {
      const at = (databaseUrl: string) => migrateDatabase({ databaseUrl, names: NAMES });
      const refused = { code: 'NOT_ALLOWED', message: expect.not.stringContaining('wrong-secret') };
      await expect(at(database.urlOf('postgres').replace(/:[0-9a-f]+@/, ':wrong-secret@'))).rejects.toMatchObject(
        refused,
      );
      await expect(at('postgresql://postgres@127.0.0.1:9/postgres')).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        hint: expect.stringContaining('CONCEPT_DATABASE_URL'),
      });
      await expect(at(database.authenticatorUrl)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    });

    it('reach another machine that cannot encrypt', async () => {
      // Every address but those of this machine is asked for encryption first; this one leads here all the same.
      const elsewhere = database.superuserUrl.replace('127.0.0.1', '0.0.0.0');
      expect(await migrationStates({ databaseUrl: elsewhere, names: NAMES })).not.toEqual([]);
      const strict = migrationStates({ databaseUrl: `${elsewhere}?sslmode=verify-full`, names: NAMES });
      await expect(strict).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        message: expect.stringContaining('SSL'),
      });
    });

    it('need no superuser: the owner of a hosted project is none', async () => {
      const owner = `owner_${database.name}`;
      const password = new URL(database.superuserUrl).password;
      await database.query(`create role ${owner} login bypassrls password '${password}'`);
      await database.query(`alter schema public owner to ${owner}`);
      await database.query(`grant create on database ${database.name} to ${owner}`);
      await database.query(`grant usage on schema auth, storage to ${owner}`);
      const { warnings } = await migrateDatabase({ databaseUrl: database.urlOf(owner), names: NAMES });
      // Its storage belongs to another role.
      expect(warnings).toEqual([expect.stringContaining('may not set up the storage')]);
      await withStores([''], async ([store]) => {
        const { task } = await store!.tasks.submit(newTask(systemClock));
        await store!.workers.register({ id: 'w', kind: 'worker', host: 'h', pid: 1, types: null }, 30_000);
        expect(await store!.leases.claim({ workerId: 'w', limit: 1 })).toMatchObject([{ task: { id: task.id } }]);
      });
      await database.query(`drop owned by ${owner} cascade`);
      await database.query(`alter schema public owner to postgres; drop role ${owner}`).catch(() => undefined);
    });
  });
});
