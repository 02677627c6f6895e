import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ShownSetting } from '../../src/config/shown-settings.ts';
import { testCli } from './support.ts';

const environment = {
  XDG_CONFIG_HOME: '/nonexistent',
  CONCEPT_CONCURRENCY: '4',
  CONCEPT_SUPABASE_URL: 'https://project.supabase.co',
  SUPABASE_SERVICE_ROLE_KEY: 'sb_secret_do_not_show',
};

describe('config', () => {
  it('shows what is set and where it came from, and no secret', async () => {
    const { code, stdout } = await testCli({ environment }).run('config');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^concurrency: 4 {2}\(CONCEPT_CONCURRENCY\)$/m);
    expect(stdout).toMatch(/^supabaseServiceRole: \(set\) {2}\(SUPABASE_SERVICE_ROLE_KEY\)$/m);
    expect(stdout).not.toContain('leaseSeconds');
    expect(stdout).not.toContain('do_not_show');
  });

  it('shows every setting with --all and --json', async () => {
    const cli = testCli({ environment });
    expect((await cli.run('config', '--all')).stdout).toMatch(
      /^leaseSeconds: 15 {2}\(default; CONCEPT_LEASE_SECONDS\)$/m,
    );
    const { stdout } = await cli.run('config', '--json');
    const { settings } = JSON.parse(stdout);
    expect(settings).toContainEqual({ name: 'store', value: 'supabase', source: null, variables: ['CONCEPT_STORE'] });
    expect(settings).toContainEqual({
      name: 'supabaseServiceRole',
      value: '(set)',
      source: 'SUPABASE_SERVICE_ROLE_KEY',
      variables: ['CONCEPT_SUPABASE_SERVICE_ROLE', 'SUPABASE_SERVICE_ROLE_KEY'],
    });
    expect(stdout).not.toContain('do_not_show');
  });

  it('shows every setting of a deployment, wherever it is set, and no secret of it', async () => {
    const secrets = {
      CONCEPT_SUPABASE_KEY: 'sb_publishable_do_not_show',
      CONCEPT_SUPABASE_SERVICE_ROLE: 'sb_secret_do_not_show',
      CONCEPT_SUPABASE_JWT_SECRET: 'jwt-do_not_show',
      CONCEPT_DATABASE_URL: 'postgresql://postgres:do_not_show@db.example:5432/postgres',
    };
    const others = {
      ENVIRONMENT: 'production',
      GCP_PROJECT_ID: 'my-project-123',
      GCP_REGION: 'europe-west1',
      CONCEPT_PUB_SUB_TOPIC_ID: 'tasks',
      CONCEPT_PUB_SUB_SUBSCRIPTION_ID: 'tasks-sub',
      CONCEPT_PUB_SUB_DEAD_LETTER_TOPIC_ID: 'tasks-dead',
      CONCEPT_SUPABASE_URL: 'https://project.supabase.co',
      CONCEPT_STORAGE_BUCKET_CONCEPT: 'concept-images',
      CONCEPT_STORAGE_BUCKET_PALETTE: 'palette-images',
      CONCEPT_DB_TABLE_TASKS: 'tasks_prod',
      CONCEPT_DB_TABLE_CONCEPTS: 'concepts_prod',
      CONCEPT_DB_TABLE_PALETTES: 'color_variations_prod',
      CONCEPT_LOG_LEVEL: 'info',
    };
    const given = { ...others, ...Object.fromEntries(Object.keys(secrets).map((name) => [name, '(set)'])) };
    const shownBy = async (more: Record<string, string>) => {
      const cli = testCli({ environment: { XDG_CONFIG_HOME: '/nonexistent', ...more } });
      const [plain, document, doctor] = [
        await cli.run('config'),
        await cli.run('config', '--json'),
        await cli.run('doctor'),
      ];
      expect([plain, document, doctor].map(({ stdout, stderr }) => stdout + stderr).join()).not.toContain(
        'do_not_show',
      );
      return {
        plain: plain.stdout.trimEnd().split('\n'),
        settings: JSON.parse(document.stdout).settings as readonly ShownSetting[],
      };
    };

    const set = await shownBy({ ...others, ...secrets });
    const found = set.settings.flatMap(({ value, source }) => (source === null ? [] : [[source, value] as const]));
    expect(Object.fromEntries(found)).toEqual(given);
    expect(set.plain).toHaveLength(found.length);
    const aliases = {
      NEXT_PUBLIC_SUPABASE_URL: 'https://project.supabase.co',
      SUPABASE_SERVICE_ROLE_KEY: 'sb_secret_do_not_show',
      GOOGLE_CLOUD_PROJECT: 'my-project-123',
    };
    const { settings } = await shownBy(aliases);
    expect(settings.flatMap(({ source }) => source ?? [])).toEqual(Object.keys(aliases));
  });

  it('shows no secret that a file has, nor one that is wrong', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'concept-config-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'concept', 'config.json');
    await mkdir(dirname(file));
    await writeFile(file, '{"databaseUrl": "postgresql://postgres:do_not_show@db.example/postgres"}');
    const { stdout } = await testCli({ environment: { XDG_CONFIG_HOME: folder } }).run('config');
    expect(stdout).toBe(`databaseUrl: (set)  (${file}: databaseUrl)\n`);
    for (const name of ['CONCEPT_DATABASE_URL', 'CONCEPT_SUPABASE_URL', 'CONCEPT_SUPABASE_KEY']) {
      const wrong = { XDG_CONFIG_HOME: folder, [name]: 'https://me:do_not_show @example.com' };
      const ran = await testCli({ environment: wrong }).run('config', '--verbose');
      expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining(`${name}: expected`)]);
      expect(ran.stdout + ran.stderr).not.toContain('do_not_show');
    }
  });

  it('says so when nothing is set', async () => {
    const { stdout, stderr } = await testCli({ environment: { XDG_CONFIG_HOME: '/nonexistent' } }).run('config');
    expect([stdout, stderr]).toEqual(['', expect.stringContaining('concept config --all')]);
  });
});
