import { afterAll, beforeAll, describe } from 'vitest';
import { testStore } from '../../../contracts/store.ts';
import { skipsPostgres, startTestPostgres, type TestPostgres } from '../../../support/postgres.ts';
import { openTestProject } from '../../../support/supabase.ts';

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
