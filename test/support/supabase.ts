import type { FakeClock } from '../../src/testing/fake-clock.ts';
import { connectSupabase } from '../../src/adapters/supabase-connection.ts';
import { supabaseStore, type SupabaseStoreOptions } from '../../src/adapters/stores/supabase.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Store } from '../../src/ports/store.ts';
import { type PostgrestDouble, startPostgrestDouble } from '../doubles/postgrest.ts';
import type { TestDatabase, TestPostgres } from './postgres.ts';

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
