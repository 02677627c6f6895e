import { describe, expect, it } from 'vitest';
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
    expect((await cli.run('config', '--all')).stdout).toMatch(/^leaseSeconds: 15 {2}\(default\)$/m);
    const { stdout } = await cli.run('config', '--json');
    const { settings } = JSON.parse(stdout);
    expect(settings).toContainEqual({ name: 'store', value: 'supabase', source: null });
    expect(settings).toContainEqual({
      name: 'supabaseServiceRole',
      value: '(set)',
      source: 'SUPABASE_SERVICE_ROLE_KEY',
    });
    expect(stdout).not.toContain('do_not_show');
  });

  it('says so when nothing is set', async () => {
    const { stdout, stderr } = await testCli({ environment: { XDG_CONFIG_HOME: '/nonexistent' } }).run('config');
    expect([stdout, stderr]).toEqual(['', expect.stringContaining('concept config --all')]);
  });
});
