import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateDatabase } from '../../../../src/adapters/stores/supabase/migrate.ts';
import { readMigrations } from '../../../../src/adapters/stores/supabase/migration-files.ts';
import { type PostgrestDouble, startPostgrestDouble } from '../../../doubles/postgrest.ts';
import { skipsPostgres, startTestPostgres, type TestDatabase, type TestPostgres } from '../../../support/postgres.ts';
import { NAMES } from './names.ts';

/** How a function that claims has its statements planned; it changes nothing that they find. */
const PLANNING = /^(jit|enable_\w+)=off$/;

/** What a user may call for the own tasks. */
const OWNERS = {
  stable: [
    'count_tasks',
    'credit_balance',
    'get_batch',
    'get_concept',
    'get_result',
    'get_task',
    'list_concepts',
    'list_events',
    'list_tasks',
  ],
  volatile: ['cancel_task', 'cancel_tasks', 'open_batch', 'pin_task', 'retry_task', 'retry_tasks', 'submit'],
};
/** What workers and operators may. */
const SERVICE = {
  stable: ['diagnose', 'finished_tasks', 'live_workers', 'peek', 'referenced_blobs'],
  volatile: [
    'checkpoint',
    'claim',
    'complete',
    'fail',
    'grant_credits',
    'heartbeat',
    'outbox_mark',
    'outbox_take',
    'prune',
    'record',
    'refuse',
    'register_worker',
    'release',
    'remove_tasks',
    'retire_worker',
    'sweep',
  ],
};
const TABLES = ['color_variations', 'concepts', 'task_results', 'tasks'];
const USERS = ['00000000-0000-4000-8000-0000000000a1', '00000000-0000-4000-8000-0000000000b2'] as const;

const named = (names: readonly string[]): string[] => names.map((name) => `concept_${name}`).toSorted();

const SELECT_RIGHTS = `
  select kind, name, role, string_agg(privilege_type, ',' order by privilege_type) as rights from (
    select 'table' as kind, n.nspname || '.' || c.relname as name, coalesce(r.rolname, 'public') as role, a.privilege_type
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      cross join aclexplode(c.relacl) a left join pg_roles r on r.oid = a.grantee
      where n.nspname in ('public', 'concept_private') and c.relkind in ('r', 'S') and c.relowner <> a.grantee
    union all
    select 'function', n.nspname || '.' || p.proname, coalesce(r.rolname, 'public'), a.privilege_type
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a left join pg_roles r on r.oid = a.grantee
      where n.nspname in ('public', 'concept_private') and p.proowner <> a.grantee
    union all
    select 'schema', n.nspname, coalesce(r.rolname, 'public'), a.privilege_type
      from pg_namespace n cross join aclexplode(n.nspacl) a left join pg_roles r on r.oid = a.grantee
      where n.nspname = 'concept_private' and n.nspowner <> a.grantee
  ) granted where role not like 'pg\\_%' group by kind, name, role order by kind, name, role`;

/** What users and the world may reach of ours, in whatever way they came to it. */
const SELECT_OPEN = `
  select format('%s may %s %s', role, action, name) as open from unnest(array['anon', 'authenticated']) role cross join lateral (
    select 'call' as action, p.oid::regprocedure::text as name from pg_proc p
      where p.pronamespace = 'public'::regnamespace and p.proname like 'concept\\_%' and has_function_privilege(role, p.oid, 'execute')
    union all
    select 'enter', n.nspname from pg_namespace n
      where n.nspname = 'concept_private' and has_schema_privilege(role, n.oid, 'usage, create')
    union all
    select 'reach', c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
      and (not c.relrowsecurity or has_table_privilege(role, c.oid, 'select, insert, update, delete, truncate, references, trigger'))
  ) reached order by 1`;

interface Right {
  readonly kind: string;
  readonly name: string;
  readonly role: string;
  readonly rights: string;
}

/** What a project made since the autumn of 2026 hands out by itself: nothing. */
const NEW_PROJECT = ['tables', 'functions', 'sequences'].map(
  (kind) => `alter default privileges in schema public revoke all on ${kind} from anon, authenticated, service_role`,
);

describe.skipIf(skipsPostgres())('access', () => {
  let postgres: TestPostgres;
  let database: TestDatabase;
  beforeAll(async () => {
    postgres = await startTestPostgres();
    database = await postgres.createDatabase();
  });
  afterAll(() => database?.drop());

  describe('to functions', () => {
    const rights = (of: TestDatabase = database) => of.query<Right>(SELECT_RIGHTS);
    const callers = async (role: string): Promise<string[]> => {
      const all = await rights();
      const own = all.filter((right) => right.kind === 'function' && right.role === role);
      return own.map(({ name }) => name.replace('public.', ''));
    };

    it('is granted by name, and nobody else has it', async () => {
      const owners = named([...OWNERS.stable, ...OWNERS.volatile]);
      const service = named([...SERVICE.stable, ...SERVICE.volatile]);
      expect(await callers('authenticated')).toEqual(owners);
      expect(await callers('service_role')).toEqual([...owners, ...service].toSorted());
      for (const role of ['anon', 'public', 'authenticator']) expect([role, await callers(role)]).toEqual([role, []]);
    });

    it('reads only by those that say so', async () => {
      const found = await database.query<{ name: string; volatility: string }>(`
        select p.proname as name, p.provolatile as volatility from pg_proc p
        where p.proname like 'concept\\_%' and p.pronamespace = 'public'::regnamespace`);
      const of = (kind: string) => found.filter(({ volatility }) => volatility === kind).map(({ name }) => name);
      expect(of('s').toSorted()).toEqual(named([...OWNERS.stable, ...SERVICE.stable]));
      expect(of('v').toSorted()).toEqual(named([...OWNERS.volatile, ...SERVICE.volatile]));
    });

    it('looks names up nowhere, in any function, and acts as the owner only in public ones', async () => {
      const functions = await database.query<{
        name: string;
        path: string[] | null;
        schema: string;
        definer: boolean;
      }>(`
        select n.nspname as schema, p.proname as name, p.proconfig as path, p.prosecdef as definer
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ('public', 'concept_private')`);
      expect(functions.length).toBeGreaterThan(60);
      for (const { name, path, schema, definer } of functions) {
        const settings = path?.filter((setting) => !PLANNING.test(setting));
        expect([name, settings, definer]).toEqual([name, ['search_path=""'], schema === 'public']);
      }
    });

    it('is the same in old projects and new ones, and to tables and schemas too', async () => {
      const [old, recent] = await Promise.all([
        postgres.createDatabase({ template: 'bare' }),
        postgres.createDatabase({ template: 'bare' }),
      ]);
      for (const change of NEW_PROJECT) await recent.query(change);
      for (const { superuserUrl } of [old, recent]) await migrateDatabase({ databaseUrl: superuserUrl, names: NAMES });
      const granted = await rights(recent);
      expect(await withoutSequences(rights(old))).toEqual(await withoutSequences(Promise.resolve(granted)));
      const inPrivate = granted.filter(({ kind, name }) => kind === 'schema' || name.startsWith('concept_private.'));
      expect(inPrivate).toEqual([]);
      const tables = granted.filter(({ kind, role }) => kind === 'table' && role !== 'service_role');
      expect(tables.map(({ name, role, rights: given }) => [name, role, given])).toEqual(
        TABLES.map((table) => [`public.${table}`, 'authenticated', 'SELECT']),
      );
      await Promise.all([old.drop(), recent.drop()]);
    });

    it('is nobody’s between two migrations: what stays there when they stop lies open to no user', async () => {
      const [fresh, running] = await Promise.all([
        postgres.createDatabase({ template: 'bare' }),
        postgres.createDatabase({ template: 'bare' }),
      ]);
      await running.query(
        'create table tasks (id uuid primary key, created_at timestamptz, updated_at timestamptz, user_id text, type text, status text)',
      );
      for (const { name, sql } of readMigrations(NAMES).slice(0, -1)) {
        for (const each of [fresh, running]) await each.query(sql);
        expect([name, await fresh.query(SELECT_OPEN)]).toEqual([name, []]);
        // What was there stays as its deployment needs it.
        const open = ['anon may reach tasks', 'authenticated may reach tasks'].map((text) => ({ open: text }));
        expect([name, await running.query(SELECT_OPEN)]).toEqual([name, open]);
      }
      await Promise.all([fresh.drop(), running.drop()]);
    });

    /** Nobody can use a sequence behind an identity: its rights mean nothing. */
    async function withoutSequences(of: Promise<readonly Right[]>): Promise<readonly Right[]> {
      return (await of).filter(({ name }) => !name.endsWith('_seq'));
    }
  });

  describe('to rows', () => {
    let api: PostgrestDouble;
    const clientOf = (key: string, token?: string): SupabaseClient =>
      createClient(api.url, key, {
        auth: { persistSession: false, autoRefreshToken: false },
        realtime: { transport: class {} as never },
        ...(token !== undefined && { accessToken: async () => token }),
      });
    const as = (user: string): SupabaseClient => clientOf(api.keys.publishable, api.tokenOf(user));

    beforeAll(async () => {
      api = await startPostgrestDouble({ authenticatorUrl: database.authenticatorUrl });
      for (const user of USERS) {
        await database.query(
          "insert into tasks (id, user_id, type, input) values ($1::uuid, $1::text, 'concept_generation', '{}')",
          [user] as never,
        );
        await database.query(
          "insert into concepts (id, user_id, logo_description, theme_description, image_path) values ($1::uuid, $1::text, 'a', 'b', 'c')",
          [user],
        );
        await database.query(
          "insert into color_variations (concept_id, palette_name, colors, image_path) values ($1, 'p', '[]', 'c')",
          [user],
        );
        await database.query(
          "insert into task_results (task_id, user_id, kind, data, files) values ($1::uuid, $1::text, 'k', '{}', '[]')",
          [user],
        );
      }
    });
    afterAll(() => api?.close());

    it('of every table is row by row', async () => {
      const open = await database.query(`
        select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and not c.relrowsecurity and n.nspname in ('public', 'concept_private')`);
      expect(open).toEqual([]);
      const policies = await database.query<{ policy: string; roles: string[]; expression: string }>(`
        select policyname as policy, roles::text[] as roles, coalesce(qual, with_check) as expression from pg_policies
        where policyname like 'concept\\_\\_%'`);
      expect(policies.length).toBeGreaterThanOrEqual(7);
      for (const { policy, roles, expression } of policies) {
        expect([policy, roles]).toEqual([policy, ['authenticated']]);
        // Once a statement, not once a row.
        expect(expression).toMatch(/\( SELECT auth\.uid\(\)/i);
      }
    });

    it.each(TABLES)('of %s is to the own ones, and only to read', async (table) => {
      const [one, other] = USERS;
      const owner = table === 'color_variations' ? 'concept_id' : 'user_id';
      const { data, error } = await as(one).from(table).select();
      expect({ error, owners: data!.map((row: Record<string, unknown>) => row[owner]) }).toEqual({
        error: null,
        owners: [one],
      });
      expect((await as(one).from(table).select().eq(owner, other)).data).toEqual([]);
      expect((await clientOf(api.keys.publishable).from(table).select()).status).toBe(401);
      expect((await clientOf(api.keys.secret).from(table).select()).data).toHaveLength(2);
      for (const change of [`update ${table} set ${owner} = ${owner}`, `delete from ${table}`, `truncate ${table}`]) {
        await expect(database.query(`set local role authenticated; ${change}`)).rejects.toThrow('permission denied');
      }
    });

    it('through functions is to the own ones, whatever the request says', async () => {
      const [one, other] = USERS;
      const call = async (name: string, request: object) => {
        const { data, error } = await as(one).rpc(`concept_${name}`, { request: { ...request, writeId: 'w' } });
        return error ?? data;
      };
      const page = { before: '9223372036854775807', limit: 10 };
      expect((await call('list_tasks', { ...page, userId: other })).rows).toEqual([]);
      expect((await call('list_tasks', page)).rows).toMatchObject([{ task: { userId: one } }]);
      expect((await call('get_task', { id: other })).task).toBeNull();
      expect((await call('get_task', { id: one })).task).toMatchObject({ userId: one });
      expect(await call('cancel_task', { id: other })).toMatchObject({ code: 'PT404' });
      expect(await call('claim', { workerId: 'w', limit: 1 })).toMatchObject({ code: '42501' });
      const anonymous = await clientOf(api.keys.publishable).rpc('concept_list_tasks', { request: {} });
      expect(anonymous).toMatchObject({ status: 401, error: { code: '42501' } });
      const nobody = clientOf(api.keys.publishable, api.tokenOf('', { sub: undefined }));
      expect((await nobody.rpc('concept_list_tasks', { request: {} })).status).toBe(401);
    });

    it('of images is to the folder of the own id', async () => {
      const [one, other] = USERS;
      const run = (user: string, sql: string) =>
        database.query(`set local role authenticated;
          select set_config('request.jwt.claims', '{"sub":"${user}","role":"authenticated"}', true); ${sql}`);
      const store = (bucket: string, name: string) =>
        `insert into storage.objects (bucket_id, name) values ('${bucket}', '${name}')`;
      await run(one, store('concepts', `${one}/t/a.png`));
      await run(one, store('palettes', `${one}/t/b.png`));
      await run(other, store('concepts', `${other}/t/c.png`));
      for (const sql of [
        store('concepts', `${other}/t/d.png`),
        store('concepts', `x.png`),
        store('others', `${one}/e.png`),
      ]) {
        await expect(run(one, sql)).rejects.toThrow(/row-level security|foreign key/);
      }
      await run(one, 'create temporary table seen on commit preserve rows as select name from storage.objects');
      expect(await database.query('select name from seen order by name')).toEqual([
        { name: `${one}/t/a.png` },
        { name: `${one}/t/b.png` },
      ]);
      expect(await database.query('select id, public from storage.buckets order by id')).toEqual([
        { id: 'concepts', public: false },
        { id: 'palettes', public: false },
      ]);
    });
  });

  it('to tables that a deployment has opened itself stays, and that is told', async () => {
    const own = await postgres.createDatabase({ template: 'bare' });
    await own.query(`
      create table tasks (id uuid primary key, created_at timestamptz, updated_at timestamptz, user_id text, type text, status text);
      create policy mine on tasks for insert to authenticated with check (user_id = (select auth.uid())::text);
      insert into storage.buckets (id, name, public) values ('concepts', 'concepts', true)`);
    const { warnings } = await migrateDatabase({ databaseUrl: own.superuserUrl, names: NAMES });
    expect(warnings).toEqual(['table public.tasks has policies of its own: what they allow to users stays allowed']);
    const [rights] = await own.query<{ insert: boolean; truncate: boolean; other: boolean }>(`
      select has_table_privilege('authenticated', 'tasks', 'insert') as insert,
        has_table_privilege('authenticated', 'tasks', 'truncate') as truncate,
        has_table_privilege('authenticated', 'concepts', 'insert') as other`);
    expect(rights).toEqual({ insert: true, truncate: false, other: false });
    expect(await own.query("select public from storage.buckets where id = 'concepts'")).toEqual([{ public: true }]);
    await own.drop();
  });
});
