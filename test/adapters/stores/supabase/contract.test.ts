import { afterAll, beforeAll, describe } from 'vitest';
import { testStore } from '../../../contracts/store.ts';
import { skipsPostgres, startTestPostgres, type TestPostgres } from '../../../support/postgres.ts';
import { openRealProject, type RealProject, realProjectSettings } from '../../../support/real-project.ts';
import { openTestProject } from '../../../support/supabase.ts';

const real = realProjectSettings();
if ('missing' in real) process.stderr.write(`skipped: ${real.missing}\n`);

describe.skipIf(skipsPostgres())('over the API double and a real Postgres', () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startTestPostgres();
  });
  afterAll(() => postgres.stop());

  testStore('Supabase', async ({ clock, credits }) => {
    const project = await openTestProject(postgres, clock);
    const open = () => project.store({ credits });
    return { store: open(), reopen: async () => open(), cleanup: () => project.close() };
  });
});

// oxlint-disable-next-line vitest/no-conditional-tests -- skipped one by one they would hide which tests really are
if (!('missing' in real)) {
  describe('over a real project', () => {
    let project: RealProject;
    beforeAll(async () => {
      project = await openRealProject(real);
    });
    afterAll(() => project.close());

    testStore('Supabase', async ({ clock, credits }) => {
      await project.clear();
      const open = () => project.store({ clock, credits });
      return { store: open(), reopen: async () => open(), cleanup: () => Promise.resolve() };
    });
  });
}
