import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { skipsPostgres, startTestPostgres, type TestDatabase } from '../support/postgres.ts';
import { type PostgrestDouble, SIGNING_SECRET, startPostgrestDouble } from './postgrest.ts';
import { keyToken, signToken } from './postgrest/tokens.ts';

const SCHEMA = `
  create table things (id integer primary key, name text not null, owner uuid, big bigint);
  insert into things select n, 'thing ' || n, null, 2 ^ 40 from generate_series(1, 12) n;
  alter table things enable row level security;
  create policy all_of_service on things to service_role using (true);
  create policy own on things to authenticated using (owner = (select auth.uid()));
  grant select on things to authenticated, service_role;
  create table notes (id integer primary key, text text, thing integer references things (id));
  grant all on notes to service_role;

  create function a_scalar(n integer) returns integer language sql stable as 'select n + 1';
  create function a_null() returns text language sql stable as 'select null::text';
  create function a_document() returns jsonb language sql stable as $$ select '{"big": 12345678901234567890}'::jsonb $$;
  create function scalars() returns setof integer language sql stable as 'select generate_series(1, 3)';
  create function many() returns setof integer language sql stable as 'select generate_series(1, 50)';
  create function some_things(most integer default 2) returns setof things language sql stable as
    'select * from things order by id limit most';
  create function a_table() returns table (a integer, b text) language sql stable as $$ values (1, 'x') $$;
  create function out_row(out a integer, out b text) language sql stable as $$ select 1, 'x' $$;
  create function no_thing() returns things language sql stable as 'select * from things where false';
  create function nothing() returns void language sql volatile as 'select';
  create function by_id(id uuid) returns text language sql stable as 'select id::text';
  create function twice(x integer) returns integer language sql as 'select 1';
  create function twice(x text) returns integer language sql as 'select 2';
  create function write_marked_stable() returns integer language plpgsql stable as
    $$ begin execute 'insert into notes values (99)'; return 1; end $$;
  create function lock_marked_stable() returns integer language sql stable as 'select id from things limit 1 for update';
  create function write_note(n integer) returns integer language sql volatile as
    'insert into notes (id) values (n) returning id';
  create function break_reference() returns integer language sql volatile as 'insert into notes values (1, null, 999) returning id';
  create function raise(state text, message text default 'no') returns integer language plpgsql volatile as
    $$ begin raise exception using errcode = state, message = message, detail = 'the detail', hint = 'the hint'; end $$;
  create function whoami() returns jsonb language sql stable as $$
    select jsonb_build_object('role', current_user, 'login', session_user, 'claims', auth.jwt(),
      'method', current_setting('request.method'), 'path', current_setting('request.path'),
      'agent', current_setting('request.headers')::json ->> 'user-agent', 'timeout', current_setting('statement_timeout'),
      'isReadOnly', current_setting('transaction_read_only'), 'now', nullif(current_setting('concept.now', true), '')) $$;
  create function not_for_everybody() returns integer language sql stable as 'select 1';
  revoke execute on function not_for_everybody() from public, anon, authenticated;
  create function sleep(seconds double precision) returns integer language sql volatile as 'select 1 from pg_sleep(seconds)';
  create function die() returns boolean language sql volatile security definer as 'select pg_terminate_backend(pg_backend_pid())';`;

const USER = '00000000-0000-4000-8000-000000000001';

describe.skipIf(skipsPostgres())('the double of PostgREST', () => {
  let database: TestDatabase;
  let api: PostgrestDouble;
  let service: SupabaseClient;

  const clientOf = (key: string, token?: string): SupabaseClient =>
    createClient(api.url, key, {
      auth: { persistSession: false, autoRefreshToken: false },
      realtime: { transport: class {} as never },
      ...(token !== undefined && { accessToken: async () => token }),
    });
  const ask = async (path: string, init: RequestInit = {}, key: string = api.keys.secret) => {
    const headers = { apikey: key, ...init.headers } as Record<string, string>;
    const response = await fetch(`${api.url}${path}`, { ...init, headers });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text), headers: response.headers };
  };
  const call = (name: string, body: unknown = {}, headers: Record<string, string> = {}, key?: string) =>
    ask(`/rest/v1/rpc/${name}`, { method: 'POST', body: JSON.stringify(body), headers }, key);
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  beforeAll(async () => {
    const postgres = await startTestPostgres();
    database = await postgres.createDatabase({ template: 'bare' });
    await database.query(SCHEMA);
    api = await startPostgrestDouble({ authenticatorUrl: database.authenticatorUrl, maxRows: 10, poolSize: 4 });
    service = clientOf(api.keys.secret);
  });
  afterAll(async () => {
    await api?.close();
    await database?.drop();
  });

  describe('results', () => {
    const thing = (id: number) => ({ id, name: `thing ${id}`, owner: null, big: 2 ** 40 });
    it.each<[string, object, unknown]>([
      ['a_scalar', { n: 1 }, 2],
      ['a_null', {}, null],
      ['scalars', {}, [1, 2, 3]],
      ['some_things', {}, [thing(1), thing(2)]],
      ['some_things', { most: 1 }, [thing(1)]],
      ['some_things', { most: 0 }, []],
      ['a_table', {}, [{ a: 1, b: 'x' }]],
      ['out_row', {}, { a: 1, b: 'x' }],
      ['no_thing', {}, { id: null, name: null, owner: null, big: null }],
    ])('of %s(%j) have the shape of its type', async (name, given, expected) => {
      const { status, body } = await call(name, given);
      expect({ status, body }).toEqual({ status: 200, body: expected });
    });

    it('are empty for a function that returns nothing', async () => {
      expect(await call('nothing')).toMatchObject({ status: 204, body: null });
    });

    it('are cut at the most rows, sets of functions and tables alike', async () => {
      expect((await call('many')).body).toHaveLength(10);
      expect((await ask('/rest/v1/things?limit=11')).body).toHaveLength(10);
    });

    it('are passed on as the database wrote them', async () => {
      const response = await fetch(`${api.url}/rest/v1/rpc/a_document`, {
        method: 'POST',
        headers: { apikey: api.keys.secret },
      });
      expect(await response.text()).toBe('{"big": 12345678901234567890}');
    });

    it('are one object for a client that wants one row, and an error for another number', async () => {
      expect(await service.rpc('some_things', { most: 1 }).single()).toMatchObject({ data: thing(1), status: 200 });
      const { error, status } = await service.rpc('some_things').single();
      expect({ status, error }).toMatchObject({
        status: 406,
        error: { code: 'PGRST116', details: 'The result contains 2 rows', hint: null },
      });
      expect(await service.from('things').select().eq('id', 77).maybeSingle()).toMatchObject({
        data: null,
        error: null,
      });
    });
  });

  describe('a request', () => {
    it('is a transaction of the role of its token, with its claims', async () => {
      const { data } = await clientOf(api.keys.publishable, api.tokenOf(USER)).rpc('whoami');
      expect(data).toMatchObject({
        role: 'authenticated',
        login: 'authenticator',
        claims: { sub: USER, role: 'authenticated' },
        method: 'POST',
        path: '/rpc/whoami',
        timeout: '8s',
        isReadOnly: 'on',
      });
      expect((await call('whoami')).body).toMatchObject({ role: 'service_role', timeout: '8s' });
      expect((await call('whoami', {}, {}, api.keys.publishable)).body).toMatchObject({ role: 'anon', timeout: '3s' });
    });

    it('may only read by GET, and by POST of a function that is not volatile', async () => {
      expect(await ask('/rest/v1/rpc/write_note?n=5')).toMatchObject({ status: 405, body: { code: '25006' } });
      for (const name of ['write_marked_stable', 'lock_marked_stable']) {
        expect((await call(name)).status, name).toBeGreaterThanOrEqual(400);
      }
      expect((await call('write_note', { n: 5 })).body).toBe(5);
      expect(await database.query('select id from notes')).toEqual([{ id: 5 }]);
    });

    it('takes arguments by name with their declared types, from an address too', async () => {
      expect((await ask('/rest/v1/rpc/a_scalar?n=41')).body).toBe(42);
      expect((await call('a_scalar', { n: '41' })).body).toBe(42);
      expect(await call('by_id', { id: 'no uuid' })).toMatchObject({ status: 400, body: { code: '22P02' } });
    });

    it('is rolled back as a whole when it fails', async () => {
      await call('break_reference');
      expect(await database.query('select id from notes where id = 1')).toEqual([]);
    });

    it('tells the time that it is told', async () => {
      const now = Date.UTC(2030, 0, 2);
      const timed = await startPostgrestDouble({ authenticatorUrl: database.authenticatorUrl, now: () => now });
      const response = await fetch(`${timed.url}/rest/v1/rpc/whoami`, {
        method: 'POST',
        headers: { apikey: timed.keys.secret },
      });
      expect(await response.json()).toMatchObject({ now: '2030-01-02T00:00:00.000Z' });
      await timed.close();
    });
  });

  describe('who asks', () => {
    const expired = { exp: Math.floor(Date.now() / 1_000) - 60 };
    it.each<[string, () => Record<string, string>, object]>([
      ['without a key', () => ({ apikey: undefined as never }), { message: 'No API key found in request' }],
      ['with another project’s key', () => ({ apikey: 'sb_secret_other' }), { message: 'Invalid API key' }],
      ['with an empty token', () => bearer(''), { code: 'PGRST301' }],
      ['with no token at all', () => bearer('abc'), { code: 'PGRST301', message: 'Expected 3 parts in JWT; got 1' }],
      ['with a wrong signature', () => bearer(signToken({ role: 'service_role' }, 'another')), { code: 'PGRST301' }],
      ['with an expired token', () => bearer(api.tokenOf(USER, expired)), { code: 'PGRST303', message: 'JWT expired' }],
      ['before its token holds', () => bearer(api.tokenOf(USER, { nbf: 4e9 })), { message: 'JWT not yet valid' }],
      ['with a bad claim', () => bearer(api.tokenOf(USER, { exp: 'soon' })), { code: 'PGRST303' }],
      ['as a role that is not there', () => bearer(api.tokenOf(USER, { role: 'nobody' })), { code: '22023' }],
    ])('%s is refused', async (_case, headers, expected) => {
      const { apikey = api.keys.publishable, ...others } = headers();
      const given = 'apikey' in headers() && headers()['apikey'] === undefined ? others : { apikey, ...others };
      const response = await fetch(`${api.url}/rest/v1/rpc/whoami`, { method: 'POST', headers: given, body: '{}' });
      expect([response.status, await response.json()]).toEqual([401, expect.objectContaining(expected)]);
    });

    it('may be a little late, and without a token or role is anonymous', async () => {
      const late = api.tokenOf(USER, { exp: Math.floor(Date.now() / 1_000) - 10 });
      expect((await call('whoami', {}, bearer(late))).body.role).toBe('authenticated');
      const roleless = signToken({ sub: USER }, SIGNING_SECRET);
      expect((await call('whoami', {}, bearer(roleless))).body.role).toBe('anon');
      const { anonToken, serviceToken } = api.keys;
      expect((await call('whoami', {}, {}, serviceToken)).body.role).toBe('anon');
      expect((await call('whoami', {}, bearer(serviceToken), serviceToken)).body.role).toBe('service_role');
      expect((await call('whoami', {}, bearer(keyToken('anon', SIGNING_SECRET)), anonToken)).body.role).toBe('anon');
    });

    it('does what the database lets them', async () => {
      expect(await call('not_for_everybody', {}, {}, api.keys.publishable)).toMatchObject({
        status: 401,
        body: { code: '42501' },
      });
      expect(await call('not_for_everybody', {}, bearer(api.tokenOf(USER)))).toMatchObject({ status: 403 });
      await database.query('update things set owner = $1 where id = 3', [USER]);
      const own = await clientOf(api.keys.publishable, api.tokenOf(USER)).from('things').select('id');
      expect(own.data).toEqual([{ id: 3 }]);
      expect((await service.from('things').select('id').in('id', [1, 2, 3])).data).toHaveLength(3);
    });
  });

  describe('errors', () => {
    it.each<[string, () => ReturnType<typeof call>, number, object]>([
      ['an unknown function', () => call('sca_scalar', { n: 1 }), 404, { code: 'PGRST202' }],
      ['unknown arguments', () => call('a_scalar', { m: 1 }), 404, { hint: expect.stringContaining('a_scalar(n)') }],
      ['missing arguments', () => call('a_scalar'), 404, { code: 'PGRST202' }],
      [
        'a name that is nearly right',
        () => call('a_scalor', { n: 1 }),
        404,
        { hint: expect.stringMatching(/a_scalar$/) },
      ],
      ['two that fit', () => call('twice', { x: 1 }), 300, { code: 'PGRST203' }],
      [
        'a broken document',
        () => ask('/rest/v1/rpc/nothing', { method: 'POST', body: '{' }),
        400,
        { code: 'PGRST102' },
      ],
      ['another verb', () => ask('/rest/v1/rpc/nothing', { method: 'PATCH' }), 405, { code: 'PGRST101' }],
      ['a longer path', () => ask('/rest/v1/things/1'), 404, { code: 'PGRST125' }],
      ['another service', () => ask('/other/v1'), 404, { message: 'no Route matched with those values' }],
      [
        'an unknown table',
        () => ask('/rest/v1/thinks'),
        404,
        { code: 'PGRST205', hint: expect.stringContaining('things') },
      ],
      [
        'another schema',
        () => call('nothing', {}, { 'content-profile': 'concept_private' }),
        406,
        { code: 'PGRST106' },
      ],
      ['an unknown column', () => ask('/rest/v1/things?other=eq.1'), 400, { code: '42703' }],
      ['a bad value', () => ask('/rest/v1/things?id=eq.x'), 400, { code: '22P02' }],
      ['embedding, which is not doubled', () => ask('/rest/v1/things?select=id,notes(*)'), 400, { code: 'PGRST100' }],
      ['a broken reference', () => call('break_reference'), 409, { code: '23503' }],
      ['a lost connection', () => call('die'), 503, { code: '57P01' }],
    ])('of %s', async (_case, work, status, body) => {
      const answered = await work();
      expect([answered.status, answered.body]).toEqual([status, expect.objectContaining(body)]);
    });

    it.each([
      ['PT402', 402],
      ['PT409', 409],
      ['P0001', 400],
      ['P0002', 500],
      ['23505', 409],
      ['23514', 400],
      ['21000', 500],
      ['40001', 500],
      ['40P01', 500],
      ['42883', 404],
      ['42P01', 404],
      ['53300', 503],
      ['55P03', 500],
      ['57014', 500],
      ['08006', 503],
      ['XX000', 500],
    ])('with the state %s become the status %i', async (state, status) => {
      const expected = { code: state, message: 'no', details: 'the detail', hint: 'the hint' };
      expect(await call('raise', { state })).toMatchObject({ status, body: expected });
    });

    it('of a statement that takes too long end it, and the transaction', async () => {
      const { status, body } = await call('sleep', { seconds: 6 }, {}, api.keys.publishable);
      expect([status, body.code]).toEqual([500, '57014']);
    });

    it('tell when every connection is taken', async () => {
      const small = await startPostgrestDouble({
        authenticatorUrl: database.authenticatorUrl,
        poolSize: 1,
        poolWaitMs: 100,
      });
      const post = (name: string, body: object) =>
        fetch(`${small.url}/rest/v1/rpc/${name}`, {
          method: 'POST',
          headers: { apikey: small.keys.secret },
          body: JSON.stringify(body),
        });
      await post('nothing', {});
      const [, second] = await Promise.all([post('sleep', { seconds: 0.6 }), post('nothing', {})]);
      expect([second.status, await second.json()]).toEqual([504, expect.objectContaining({ code: 'PGRST003' })]);
      await small.close();
    });
  });

  describe('reads of tables', () => {
    const ids = async (query: string): Promise<number[]> =>
      (await ask(`/rest/v1/things?select=id&${query}`)).body.map(({ id }: { readonly id: number }) => id);
    it.each<[string, number[]]>([
      ['id=eq.4', [4]],
      ['id=in.(1,2)&order=id.desc', [2, 1]],
      ['name=in.("thing 1","thing 2")&order=id', [1, 2]],
      ['id=gt.10&order=id', [11, 12]],
      ['id=not.lte.11', [12]],
      ['owner=is.null&id=lt.3&order=id.asc', [1, 2]],
      ['name=like.*12', [12]],
      ['order=id.desc.nullslast&limit=2&offset=1', [11, 10]],
    ])('know %s', async (query, expected) => {
      expect(await ids(query)).toEqual(expected);
    });

    it('rename columns, and answer HEAD without a body', async () => {
      expect((await ask('/rest/v1/things?select=key:id&id=eq.1')).body).toEqual([{ key: 1 }]);
      expect(await ask('/rest/v1/things?id=eq.1', { method: 'HEAD' })).toMatchObject({ status: 200, body: null });
    });
  });

  describe('failures', () => {
    it('befall the next requests, or those of a name', async () => {
      api.failNext(503, 'empty-404');
      expect((await service.rpc('a_scalar', { n: 1 })).status).toBe(503);
      expect(await service.rpc('a_scalar', { n: 1 })).toMatchObject({ error: null, data: null, status: 204 });
      api.failNextOf('write_note', 'drop', 'drop-after');
      expect((await service.rpc('a_scalar', { n: 1 })).data).toBe(2);
      for (const n of [20, 21]) expect((await service.rpc('write_note', { n })).status).toBe(0);
      expect(await database.query('select id from notes where id >= 20')).toEqual([{ id: 21 }]);
    });

    it('can be a delay, or an answer that never ends', async () => {
      api.failNext({ delayMs: 120 }, 'stall');
      const began = performance.now();
      expect((await service.rpc('a_scalar', { n: 1 })).data).toBe(2);
      expect(performance.now() - began).toBeGreaterThan(100);
      const signal = AbortSignal.timeout(150);
      expect((await service.rpc('a_scalar', { n: 1 }).abortSignal(signal)).status).toBe(0);
    });
  });
});
