import type { FakeClock } from '../../src/testing/fake-clock.ts';
import { connectSupabase } from '../../src/adapters/supabase-connection.ts';
import { supabaseStore, type SupabaseStoreOptions } from '../../src/adapters/stores/supabase.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Store } from '../../src/ports/store.ts';
import { type PostgrestDouble, startPostgrestDouble } from '../doubles/postgrest.ts';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { startTestPostgres, type TestDatabase, type TestPostgres } from './postgres.ts';

/** A database of its own behind the API that a project has. */
export interface TestProject {
  readonly database: TestDatabase;
  readonly api: PostgrestDouble;
  /** A store over it, with the rights of the service role unless a user's token is given. */
  store(
    options?: Partial<SupabaseStoreOptions> & { readonly accessToken?: string; readonly timeoutMs?: number },
  ): Store;
  close(): Promise<void>;
}

/** @param clock a fake one is the database's time too. */
export async function openTestProject(postgres: TestPostgres, clock?: Clock | FakeClock): Promise<TestProject> {
  const database = await postgres.createDatabase({ hasFakeClock: clock !== undefined });
  const api = await startPostgrestDouble({
    authenticatorUrl: database.authenticatorUrl,
    ...(clock && { now: () => clock.now() }),
  });
  return {
    database,
    api,
    store: ({ accessToken, timeoutMs, ...options } = {}) => {
      const key = accessToken === undefined ? api.keys.secret : api.keys.publishable;
      const connection = connectSupabase({ url: api.url, key, accessToken, timeoutMs });
      return supabaseStore({ connection, clock: clock ?? systemClock, ...options });
    },
    close: async () => {
      await api.close();
      await database.drop();
    },
  };
}

/**
 * A fresh project for each test of a suite, closed after it.
 * @param openClock makes the clock of each, which is the database's time too; default: the machine's.
 */
export function useTestProject(openClock?: () => Clock | FakeClock): Omit<TestProject, 'close'> {
  let postgres: TestPostgres;
  let project: TestProject;
  beforeAll(async () => {
    postgres = await startTestPostgres();
  });
  afterAll(() => postgres.stop());
  beforeEach(async () => {
    project = await openTestProject(postgres, openClock?.());
  });
  afterEach(() => project.close());
  return {
    get database() {
      return project.database;
    },
    get api() {
      return project.api;
    },
    store: (options) => project.store(options),
  };
}
