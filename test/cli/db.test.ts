import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { skipsPostgres, startTestPostgres, type TestDatabase } from '../support/postgres.ts';
import { testCli } from './support.ts';

const cli = testCli();

describe('db sql', () => {
  it('prints every migration with the names of the deployment, for others to apply', async () => {
    const { code, stdout } = await cli.run('db', 'sql', '--suffix', '_dev');
    expect(code).toBe(0);
    expect(stdout).toContain('create table if not exists public.tasks_dev (');
    expect(stdout).toContain('insert into concept_private_dev.migrations');
    expect(stdout.match(/^begin;$/gm)).toHaveLength(stdout.match(/^commit;$/gm)!.length);
    expect(JSON.parse((await cli.run('db', 'sql', '--suffix', '_dev', '--json')).stdout)).toEqual({ sql: stdout });
  });

  it('refuses an ending that cannot be part of a name', async () => {
    const { code, stderr } = await cli.run('db', 'sql', '--suffix', '; drop table x');
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('dbSuffix') });
  });
});

describe('db migrate and status', () => {
  it('ask for the database when none is given', async () => {
    const { code, stderr } = await cli.run('db', 'status');
    expect(code).toBe(2);
    expect(stderr).toContain('CONCEPT_DATABASE_URL');
  });

  it('exit with 5 when the database is away, and do not show its password', async () => {
    const url = 'postgresql://postgres:a-password@127.0.0.1:9/postgres';
    for (const args of [
      ['db', 'status'],
      ['db', 'migrate', '--json'],
    ]) {
      const { code, stdout, stderr } = await cli.run(...args, '--database-url', url);
      expect(code).toBe(5);
      expect(`${stdout}${stderr}`).not.toContain('a-password');
    }
  });

  describe.skipIf(skipsPostgres())('over a database', () => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await (await startTestPostgres()).createDatabase({ template: 'bare' });
    });
    afterAll(() => database?.drop());
    const run = (...args: readonly string[]) => cli.run('db', ...args, '--database-url', database.superuserUrl);

    it('tell what is missing, apply it, and tell that it is there', async () => {
      const before = await run('status');
      expect(before.code).toBe(5);
      expect(before.stdout).toMatch(/^20261125000001\tconcept_tables\tmissing$/m);
      expect(before.stderr).toContain('concept db migrate');
      const migrated = await run('migrate', '--json');
      const { applied, warnings } = JSON.parse(migrated.stdout);
      expect({ code: migrated.code, warnings }).toEqual({ code: 0, warnings: [] });
      expect(applied[0]).toEqual({
        version: '20261125000001',
        name: 'concept_tables',
        status: 'applied',
        appliedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      });
      const again = await run('migrate');
      expect([again.code, again.stdout, again.stderr]).toEqual([0, '', expect.stringContaining('nothing to do')]);
      const after = await run('status', '--json');
      expect([after.code, JSON.parse(after.stdout).migrations.length]).toEqual([0, applied.length]);
    });
  });
});
