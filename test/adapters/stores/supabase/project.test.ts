import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Routine } from '../../../../src/adapters/stores/supabase/routines.ts';
import { supabaseRpc } from '../../../../src/adapters/stores/supabase/rpc.ts';
import { connectSupabase } from '../../../../src/adapters/supabase-connection.ts';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import type { Store } from '../../../../src/ports/store.ts';
import type { ClaimedTask } from '../../../../src/ports/task-leases.ts';
import { conceptFor, newTask, newTaskId } from '../../../contracts/fixtures.ts';
import { skipsPostgres, startTestPostgres, type TestPostgres } from '../../../support/postgres.ts';
import { openTestProject, type TestProject } from '../../../support/supabase.ts';

const LEASE_MS = 30_000;
const register = (store: Store, id: string) =>
  store.workers.register({ id, kind: 'worker', host: 'test', pid: 1, types: null }, LEASE_MS);
const USER_A = '00000000-0000-4000-8000-00000000000a';
const USER_B = '00000000-0000-4000-8000-00000000000b';

describe.skipIf(skipsPostgres())('a Supabase project', () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startTestPostgres();
  });
  afterAll(() => postgres.stop());

  const project = async (use: (project: TestProject) => Promise<void>): Promise<void> => {
    const opened = await openTestProject(postgres);
    try {
      await use(opened);
    } finally {
      await opened.close();
    }
  };

  it('charges for 100 of 600 submits at once that repeat 200 keys, with a balance of 100', { timeout: 60_000 }, () =>
    project(async ({ store: open, database }) => {
      const store = open({ credits: { generation: 1, refinement: 1, coloring: 1, rendition: 1 } });
      await store.credits.grant({ userId: 'u1', amount: 100, key: 'first' });
      const submits = Array.from({ length: 600 }, (_, index) =>
        store.tasks.submit(newTask(systemClock, { idempotencyKey: `key-${index % 200}` })),
      );
      const outcomes = await Promise.allSettled(submits);
      const accepted = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
      const codes = outcomes.flatMap((outcome) =>
        outcome.status === 'rejected' ? [outcome.reason.code as string] : [],
      );
      expect(new Set(accepted.map(({ task }) => task.id)).size).toBe(100);
      expect(accepted.filter(({ created }) => created)).toHaveLength(100);
      expect([accepted.length, new Set(codes), codes.length]).toEqual([300, new Set(['INSUFFICIENT_CREDITS']), 300]);
      expect(await store.credits.balance('u1')).toEqual({ available: 0, held: 100 });
      const holds = await database.query(
        "select sum(amount)::int as sum from concept_private.credit_ledger where kind <> 'grant'",
      );
      expect(holds).toEqual([{ sum: -100 }]);
    }),
  );

  it('gives 200 tasks to 16 claimers, each to one', () =>
    project(async ({ store: open }) => {
      const store = open();
      await store.tasks.submitMany(
        Array.from({ length: 200 }, (_, index) => newTask(systemClock, { userId: `u${index % 7}` })),
      );
      const claimed: string[] = [];
      const claimer = async (name: string): Promise<void> => {
        await register(store, name);
        for (;;) {
          const some = await store.leases.claim({ workerId: name, limit: 3 });
          if (some.length === 0) return;
          claimed.push(...some.map(({ task }) => task.id));
        }
      };
      await Promise.all(Array.from({ length: 16 }, (_, index) => claimer(`w${index}`)));
      expect([claimed.length, new Set(claimed).size]).toEqual([200, 200]);
    }));

  it('lets one of a cancel and a completion win', () =>
    project(async ({ store: open, database }) => {
      const store = open({ credits: { generation: 1, refinement: 1, coloring: 1, rendition: 1 } });
      await store.credits.grant({ userId: 'u1', amount: 20, key: 'first' });
      await register(store, 'w');
      const tasks = await Promise.all(Array.from({ length: 20 }, () => store.tasks.submit(newTask(systemClock))));
      const claims = await store.leases.claim({ workerId: 'w', limit: 20 });
      const outcomes = await Promise.all(
        claims.map(async ({ task, lease }) => {
          const result = { concept: conceptFor(task, task.createdAt), partial: false };
          const both = await Promise.allSettled([
            store.tasks.cancel(task.id),
            store.leases.complete({ lease, result }),
          ]);
          return both.map(({ status }) => status === 'fulfilled');
        }),
      );
      for (const [cancelled, completed] of outcomes) expect(cancelled).not.toBe(completed);
      const cancelled = outcomes.filter(([wasCancelled]) => wasCancelled).length;
      expect(tasks).toHaveLength(20);
      expect(await store.credits.balance('u1')).toEqual({ available: cancelled, held: 0 });
      expect(await database.query('select count(*)::int as count from concepts')).toEqual([{ count: 20 - cancelled }]);
    }));

  it('returns each task of a dead worker once, by however many sweeps', () =>
    project(async ({ store: open, database }) => {
      const store = open();
      await store.tasks.submitMany(Array.from({ length: 30 }, () => newTask(systemClock)));
      await register(store, 'dead');
      await store.leases.claim({ workerId: 'dead', limit: 30 });
      await database.query("update concept_private.workers set expires_at = now() - interval '1 second'");
      const reports = await Promise.all(Array.from({ length: 6 }, () => store.leases.sweep()));
      expect(reports.reduce((sum, { returned }) => sum + returned, 0)).toBe(30);
      const expired = "select count(*)::int as count from concept_private.events where type = 'lease.expired'";
      expect(await database.query(expired)).toEqual([{ count: 30 }]);
    }));

  describe('carries out a call once', () => {
    /** Prepares a call; with how many events it adds. */
    const CALLS: Readonly<Record<string, (store: Store) => Promise<readonly [() => Promise<unknown>, number]>>> = {
      submit: async (store) => [() => store.tasks.submit(newTask(systemClock)), 1],
      'submit of many': async (store) => [
        () => store.tasks.submitMany([newTask(systemClock), newTask(systemClock)]),
        2,
      ],
      claim: async (store) => [() => store.leases.claim({ workerId: 'w', limit: 2 }), 2],
      record: async (store) => {
        const { lease } = await claimOne(store);
        return [() => store.leases.record({ lease, events: [{ type: 'stage.started', data: {} }] }), 1];
      },
      checkpoint: async (store) => {
        const { lease } = await claimOne(store);
        return [() => store.leases.checkpoint({ lease, checkpoint: { stage: 'image', data: 1 } }), 0];
      },
      complete: async (store) => {
        const { task, lease } = await claimOne(store);
        const result = { concept: conceptFor(task, isoNow()), partial: false };
        return [() => store.leases.complete({ lease, result }), 1];
      },
      fail: async (store) => {
        const { lease } = await claimOne(store);
        const error = { code: 'TIMEOUT', message: 'too slow', retryable: true } as const;
        return [() => store.leases.fail({ lease, error, retryAt: isoNow() }), 1];
      },
      release: async (store) => {
        const { lease } = await claimOne(store);
        return [() => store.leases.release(lease), 1];
      },
      cancel: async (store) => {
        const { tasks } = await store.tasks.list({ limit: 1 });
        return [() => store.tasks.cancel(tasks[0]!.id), 1];
      },
      retry: async (store) => {
        const { tasks } = await store.tasks.list({ limit: 1 });
        await store.tasks.cancel(tasks[0]!.id);
        return [() => store.tasks.retry(tasks[0]!.id), 1];
      },
      'cancel of many': async (store) => [() => store.bulk.cancel({ limit: 2 }), 2],
      grant: async (store) => [() => store.credits.grant({ userId: 'u1', amount: 5, key: 'once' }), 0],
      register: async (store) => [() => register(store, 'another'), 0],
    };
    it.each(Object.keys(CALLS))('though the answer to it is lost: %s', (name) =>
      project(async ({ store: open, database, api }) => {
        const store = open();
        await store.tasks.submitMany(Array.from({ length: 3 }, () => newTask(systemClock)));
        await register(store, 'w');
        const [call, events] = await CALLS[name]!(store);
        const before = await eventCount(database);
        api.failNext('drop-after');
        await call();
        expect(api.requests.at(-1)).toBe(api.requests.at(-2));
        expect((await eventCount(database)) - before).toBe(events);
      }),
    );
  });

  describe('keeps users apart', () => {
    it('in every function and table', () =>
      project(async ({ store: open, api, database }) => {
        const service = open();
        const a = open({ accessToken: api.tokenOf(USER_A) });
        const b = open({ accessToken: api.tokenOf(USER_B) });
        await b.batches.open({ id: 'of-b', userId: USER_B, name: 'spring' });
        const { task } = await b.tasks.submit(newTask(systemClock, { userId: USER_B, batchId: 'of-b' }));
        await register(service, 'w');
        const [claimed] = await service.leases.claim({ workerId: 'w', limit: 1 });
        const result = { concept: conceptFor(task, isoNow()), partial: false };
        await service.leases.complete({ lease: claimed!.lease, result });
        await service.credits.grant({ userId: USER_B, amount: 9, key: 'k' });

        expect(await a.tasks.get(task.id)).toBeUndefined();
        expect(await a.tasks.get(task.id, { userId: USER_B })).toBeUndefined();
        expect((await a.tasks.list({})).tasks).toEqual([]);
        expect((await a.tasks.list({ userId: USER_B })).tasks).toEqual([]);
        expect(await a.tasks.counts({})).toMatchObject({ completed: 0 });
        expect(await a.events.list({ taskId: task.id })).toEqual([]);
        expect(await a.concepts.get(task.id)).toBeUndefined();
        expect((await a.concepts.list({ userId: USER_B })).concepts).toEqual([]);
        expect(await a.results.get(task.id)).toBeUndefined();
        expect(await a.batches.get('spring')).toBeUndefined();
        expect(await a.batches.get('of-b', { userId: USER_B })).toBeUndefined();
        expect(await a.credits.balance(USER_B)).toEqual({ available: 0, held: 0 });
        expect(await a.bulk.cancel({ limit: 10 })).toEqual([]);
        expect(await a.bulk.retry({ userId: USER_B, limit: 10 })).toEqual([]);
        const notFound = { code: 'TASK_NOT_FOUND' };
        await expect(a.tasks.cancel(task.id)).rejects.toMatchObject(notFound);
        await expect(a.tasks.retry(task.id, { userId: USER_B })).rejects.toMatchObject(notFound);
        await expect(a.retention.pin(task.id, true)).rejects.toMatchObject(notFound);
        // Submitting in another's name makes a task of one's own.
        expect((await a.tasks.submit(newTask(systemClock, { userId: USER_B }))).task.userId).toBe(USER_A);

        for (const table of ['tasks', 'concepts', 'color_variations', 'task_results']) {
          const seen = async (token: string): Promise<number> => {
            const { client } = connectSupabase({ url: api.url, key: api.keys.publishable, accessToken: token });
            const { data, error } = await client.from(table).select('*');
            expect(error).toBeNull();
            return data!.length;
          };
          const ofB = (await database.query(`select 1 from ${table}`)).length - (table === 'tasks' ? 1 : 0);
          expect([table, await seen(api.tokenOf(USER_A))]).toEqual([table, table === 'tasks' ? 1 : 0]);
          expect([table, await seen(api.tokenOf(USER_B))]).toEqual([table, ofB]);
        }
      }));

    it('and lets nobody do a worker’s work, or anything without signing in', () =>
      project(async ({ api }) => {
        const call = async (name: Routine, key: string, accessToken?: string) => {
          const connection = connectSupabase({ url: api.url, key, accessToken });
          return supabaseRpc({ connection, suffix: '', clock: systemClock, patienceMs: 100 }).write(name, {});
        };
        for (const name of [
          'claim',
          'sweep',
          'complete',
          'grant_credits',
          'outbox_take',
          'remove_tasks',
          'diagnose',
        ] as const) {
          const refused = { code: 'NOT_ALLOWED' };
          await expect(call(name, api.keys.publishable, api.tokenOf(USER_A))).rejects.toMatchObject(refused);
          await expect(call(name, api.keys.publishable)).rejects.toMatchObject(refused);
        }
        await expect(call('get_task', api.keys.publishable)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
        const expired = api.tokenOf(USER_A, { exp: 1 });
        await expect(call('get_task', api.keys.publishable, expired)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
      }));
  });

  describe('is called with patience', () => {
    it.each([[[503, 502, 'drop']], [['drop-after', 504]]] as const)('over %j', (failures) =>
      project(async ({ store: open, api }) => {
        const store = open();
        api.failNext(...failures);
        const { task } = await store.tasks.submit(newTask(systemClock));
        expect(await store.tasks.counts({})).toMatchObject({ pending: 1 });
        expect(await store.tasks.get(task.id)).toBeDefined();
      }),
    );

    it.each([
      ['empty-404', 'STORE_UNAVAILABLE', 'gave no answer'],
      [500, 'STORE_UNAVAILABLE', 'upstream'],
    ] as const)('and not for ever over %j', (failure, code, text) =>
      project(async ({ store: open, api }) => {
        const store = open({ patienceMs: 500 });
        api.failNext(failure);
        const refused = { code, message: expect.stringContaining(text) };
        await expect(store.tasks.submit(newTask(systemClock))).rejects.toMatchObject(refused);
      }),
    );

    it('and never waits for an answer that stalls', () =>
      project(async ({ store: open, api }) => {
        api.failNext('stall', 'stall', 'stall', 'stall');
        const store = open({ timeoutMs: 100, patienceMs: 150 });
        await expect(store.tasks.get(newTaskId(systemClock))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
        await expect(
          store.tasks.get(newTaskId(systemClock), { signal: AbortSignal.timeout(30) }),
        ).rejects.toMatchObject({ code: 'TIMEOUT' });
      }));

    it('and says to migrate a database without our functions', async () => {
      const database = await postgres.createDatabase({ template: 'bare' });
      const { startPostgrestDouble } = await import('../../../doubles/postgrest.ts');
      const api = await startPostgrestDouble({ authenticatorUrl: database.authenticatorUrl });
      const connection = connectSupabase({ url: api.url, key: api.keys.secret });
      const rpc = supabaseRpc({ connection, suffix: '', clock: systemClock });
      await expect(rpc.read('get_task', {})).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        retryable: false,
        hint: expect.stringContaining('concept db migrate'),
      });
      await api.close();
      await database.drop();
    });
  });
});

async function claimOne(store: Store): Promise<ClaimedTask> {
  const [claimed] = await store.leases.claim({ workerId: 'w', limit: 1 });
  return claimed!;
}

async function eventCount(database: TestProject['database']): Promise<number> {
  const [row] = await database.query<{ count: number }>('select count(*)::int as count from concept_private.events');
  return row!.count;
}

function isoNow(): string {
  return new Date().toISOString();
}
