import { describe, expect, it } from 'vitest';
import { MIGRATION } from '../../../../src/adapters/stores/supabase/diagnose.ts';
import { readMigrations } from '../../../../src/adapters/stores/supabase/migration-files.ts';
import { migrateDatabase, migrationScript } from '../../../../src/adapters/stores/supabase/migrate.ts';
import { ROUTINES } from '../../../../src/adapters/stores/supabase/routines.ts';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import { DEV, NAMES } from './names.ts';
import { skipsPostgres } from '../../../support/postgres.ts';
import { useTestProject } from '../../../support/supabase.ts';

describe.skipIf(skipsPostgres())('the diagnosis of a project', () => {
  const project = useTestProject();

  const pretendMigration = (version: string) =>
    project.database.query(
      `create or replace function concept_private.migration() returns text language sql as $$ select '${version}' $$`,
    );

  it('tells the version of the database and its newest migration, which is the newest there is', async () => {
    expect(MIGRATION).toBe(readMigrations(NAMES).at(-1)!.version);
    const { facts, problems } = await project.store().diagnose();
    const ours = {
      store: 'supabase',
      url: project.api.url,
      migration: MIGRATION,
      role: 'service_role',
      rowsWithoutInput: 0,
    };
    expect(facts).toMatchObject(ours);
    expect(facts['postgres']).toMatch(/^\d+\.\d+/);
    expect(problems).toEqual([]);
  });

  it('finds a database that is behind, and one that is ahead', async () => {
    await pretendMigration('20250101000000');
    expect((await project.store().diagnose()).problems).toMatchObject([
      { code: 'STORE_UNAVAILABLE', hint: expect.stringContaining('concept db migrate') },
    ]);
    await pretendMigration('20990101000000');
    expect((await project.store().diagnose()).problems).toMatchObject([{ code: 'STORE_TOO_NEW' }]);
  });

  it('looks for every function that there is', async () => {
    const functions = await project.database.query<{ name: string }>(
      "select proname as name from pg_proc where pronamespace = 'public'::regnamespace and proname like 'concept\\_%'",
    );
    expect(functions.map(({ name }) => name).toSorted()).toEqual(ROUTINES.map((name) => `concept_${name}`));
  });

  it('names functions and tables that are gone, and what the role may not execute; the printed SQL mends it', async () => {
    const { database } = project;
    await database.query(`
      drop function public.concept_peek(jsonb), public.concept_pin_task(jsonb);
      revoke execute on function public.concept_claim(jsonb), public.concept_submit(jsonb) from service_role;
      drop table concept_private.credit_costs`);
    const told = (await project.store().diagnose()).problems.map(({ message, hint }) => `${message}; ${hint}`);
    expect(told).toEqual([
      expect.stringMatching(/^the database has no table concept_private.credit_costs; .*concept db sql/),
      expect.stringMatching(/^the database has no function concept_peek, concept_pin_task; .*concept db sql/),
      expect.stringMatching(/^the role service_role may not execute concept_claim, concept_submit; .*concept db sql/),
    ]);
    await database.query(
      readMigrations(NAMES)
        .map((migration) => migrationScript(migration, NAMES))
        .join('\n'),
    );
    expect((await project.store().diagnose()).problems).toEqual([]);
  });

  it('looks for the functions and tables of its own deployment', async () => {
    const { database, store } = project;
    await migrateDatabase({ databaseUrl: database.superuserUrl, names: DEV });
    const dev = store({ suffix: '_dev' });
    expect((await dev.diagnose()).problems).toEqual([]);
    await database.query('drop function public.concept_peek_dev(jsonb); drop table public.tasks_dev cascade');
    expect((await dev.diagnose()).problems).toMatchObject([
      { message: 'the database has no table public.tasks_dev' },
      { message: 'the database has no function concept_peek_dev' },
    ]);
    expect((await store().diagnose()).problems).toEqual([]);
  });

  it('names every table when all are gone', async () => {
    const { database } = project;
    const tables = await database.query<{ schema: string; name: string }>(`
      select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and n.nspname in ('public', 'concept_private')`);
    for (const { schema, name } of tables) await database.query(`alter table ${schema}.${name} rename to ${name}_gone`);
    const { facts, problems } = await project.store().diagnose();
    const names = tables.map(({ schema, name }) => `${schema}.${name}`).toSorted();
    expect(problems).toMatchObject([{ message: `the database has no table ${names.join(', ')}` }]);
    expect(facts).toMatchObject({ rowsWithoutInput: 'unknown' });
  });

  it('takes no slow call for a clock that is wrong', async () => {
    const times = [0, 20_000];
    const clock = { ...systemClock, now: () => Date.now() + (times.shift() ?? 0) };
    const { facts, problems } = await project.store({ clock }).diagnose();
    expect(problems).toEqual([]);
    expect(facts['clockSkewUncertaintyMs']).toBeGreaterThanOrEqual(10_000);
    expect(Number(facts['clockSkewMs']) - 10_000).toBeLessThan(2_000);
  });

  it('finds a clock that is wrong', async () => {
    const clock = { ...systemClock, now: () => Date.now() + 60_000 };
    const { problems } = await project.store({ clock }).diagnose();
    expect(problems).toMatchObject([{ message: expect.stringContaining('60 s apart') }]);
  });

  it('is a problem, not a failure, while the project is away or refuses the key', async () => {
    const asUser = await project.store({ accessToken: project.api.tokenOf('u1') }).diagnose();
    expect(asUser.problems).toMatchObject([
      { code: 'NOT_ALLOWED', hint: expect.stringContaining('set CONCEPT_SUPABASE_SERVICE_ROLE') },
    ]);
    const aborted = project.store().diagnose({ signal: AbortSignal.abort() });
    await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' });
    project.api.failNext(...Array.from({ length: 20 }, () => 503));
    const away = await project.store({ patienceMs: 100 }).diagnose();
    expect(away).toMatchObject({ facts: { store: 'supabase' }, problems: [{ code: 'STORE_UNAVAILABLE' }] });
  });
});
