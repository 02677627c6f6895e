import { describe, expect, it } from 'vitest';
import { MIGRATION } from '../../../../src/adapters/stores/supabase/diagnose.ts';
import { readMigrations } from '../../../../src/adapters/stores/supabase/migration-files.ts';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import { skipsPostgres } from '../../../support/postgres.ts';
import { useTestProject } from '../../../support/supabase.ts';

describe.skipIf(skipsPostgres())('the diagnosis of a project', () => {
  const project = useTestProject();

  const pretendMigration = (version: string) =>
    project.database.query(
      `create or replace function concept_private.migration() returns text language sql as $$ select '${version}' $$`,
    );

  it('tells the version of the database and its newest migration, which is the newest there is', async () => {
    const names = { suffix: '', tasks: 'tasks', concepts: 'concepts', variations: 'color_variations' };
    const migrations = readMigrations({ ...names, conceptBucket: 'c', paletteBucket: 'p' });
    expect(MIGRATION).toBe(migrations.at(-1)!.version);
    const { facts, problems } = await project.store().diagnose();
    expect(facts).toMatchObject({ store: 'supabase', url: project.api.url, migration: MIGRATION, rowsWithoutInput: 0 });
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

  it('finds a clock that is wrong', async () => {
    const clock = { ...systemClock, now: () => Date.now() + 60_000 };
    const { problems } = await project.store({ clock }).diagnose();
    expect(problems).toMatchObject([{ message: expect.stringContaining('60 s apart') }]);
  });

  it('is a problem, not a failure, while the project is away or refuses the key', async () => {
    const asUser = await project.store({ accessToken: project.api.tokenOf('u1') }).diagnose();
    expect(asUser.problems).toMatchObject([{ code: 'NOT_ALLOWED', hint: expect.any(String) }]);
    const aborted = project.store().diagnose({ signal: AbortSignal.abort() });
    await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' });
    project.api.failNext(...Array.from({ length: 20 }, () => 503));
    const away = await project.store({ patienceMs: 100 }).diagnose();
    expect(away).toMatchObject({ facts: { store: 'supabase' }, problems: [{ code: 'STORE_UNAVAILABLE' }] });
  });
});
