import pg from 'pg';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import type { ClaimLimits } from '../../../../src/core/claim-limits.ts';
import type { Store } from '../../../../src/ports/store.ts';
import type { ClaimedTask } from '../../../../src/ports/task-leases.ts';
import { newTask, providerFailure } from '../../../contracts/fixtures.ts';
import { skipsPostgres } from '../../../support/postgres.ts';
import { useTestProject } from '../../../support/supabase.ts';

const TYPES = ['generation', 'refinement'] as const;
const COSTS = { generation: 1, refinement: 1, coloring: 1, rendition: 1 };

describe.skipIf(skipsPostgres())('many workers and long lines', () => {
  const project = useTestProject();
  let store: Store;
  beforeEach(async () => {
    store = project.store();
  });

  const register = (id: string) =>
    store.workers.register({ id, kind: 'worker', host: 'h', pid: 1, types: null }, 60_000);
  const submitSome = (count: number, userOf: (index: number) => string) =>
    store.tasks.submitMany(
      Array.from({ length: count }, (_, index) =>
        newTask(systemClock, { userId: userOf(index), type: TYPES[index % 2]! }),
      ),
    );
  /** Rows as they are, without the way there: thousands in a moment. */
  const fillLine = (count: number, users: number, firstTurn = 1): Promise<unknown> =>
    project.database.query(
      `insert into tasks (user_id, type, input, input_hash, turn, event_seq)
        select 'filler-' || n % $2, 'concept_generation', '{}', 'h', $3 + n / $2, 1 from generate_series(1, $1) n`,
      [count, users, firstTurn],
    );

  const LIMITS: Readonly<Record<string, { readonly limits: ClaimLimits; readonly expected: number }>> = {
    total: { limits: { total: 7 }, expected: 7 },
    'per type': { limits: { perType: { generation: 4, refinement: 3 } }, expected: 7 },
    'per user': { limits: { perUser: 2 }, expected: 10 },
    'per provider': { limits: { perProvider: 6 }, expected: 6 },
    together: { limits: { total: 9, perUser: 2, perType: { generation: 5 } }, expected: 9 },
  };
  it.each(Object.entries(LIMITS))(
    'keep to limits exactly, also while tasks end: %s',
    async (_, { limits, expected }) => {
      await submitSome(150, (index) => `u${index % 5}`);
      const names = Array.from({ length: 12 }, (__, index) => `w${index}`);
      await Promise.all(names.map(register));
      const claimAll = async (): Promise<readonly ClaimedTask[]> =>
        (
          await Promise.all(
            names.map((workerId) => store.leases.claim({ workerId, limit: 2, ahead: 1, provider: 'p', limits })),
          )
        ).flat();
      const first = await claimAll();
      expect(first).toHaveLength(expected);
      const ended = first.slice(0, 4);
      const ends = ended.map(({ lease }) => store.leases.fail({ lease, error: providerFailure(), retryAt: null }));
      const [second] = await Promise.all([claimAll(), ...ends]);
      const third = await claimAll();
      expect(first.length - ended.length + second.length + third.length).toBe(expected);
      expect(await store.tasks.counts({})).toMatchObject({ processing: expected });
    },
  );

  it('step over all that a user at the limit has in line, without touching it', async () => {
    await fillLine(3_000, 1);
    await fillLine(2, 2_000, 5_000);
    await register('w');
    const claim = () => store.leases.claim({ workerId: 'w', limit: 5, limits: { perUser: 1 } });
    const users = (await claim()).map(({ task }) => task.userId);
    expect(users.toSorted()).toEqual(['filler-0', 'filler-1', 'filler-2']);
    expect(await claim()).toEqual([]);
    // A row's xmax tells that it was locked.
    const touched = await project.database.query("select 1 from tasks where status = 'pending' and xmax <> 0");
    expect(touched.length).toBeLessThan(5);
  });

  it('take one task for a limit of one, however wrong the statistics are', async () => {
    await register('w');
    await project.database.query('alter table tasks set (autovacuum_enabled = off)');
    await fillLine(1, 1);
    await project.database.query('analyze tasks');
    // All in the page that one row was counted on: the planner goes on to expect one.
    await fillLine(25, 1);
    const careless = new pg.Client({ connectionString: project.database.superuserUrl });
    await careless.connect();
    await careless.query('begin');
    const taken = await careless.query(`
      update tasks set status = 'processing' where id in (select id from tasks
        where status = 'pending' and not waiting and input is not null
        order by priority desc, turn, seq limit 1 for update skip locked)`);
    await careless.query('rollback');
    await careless.end();
    // The trap is there: without it this would prove nothing.
    expect(taken.rowCount).toBe(26);
    expect(await store.outbox.take({ limit: 1, unpublishedForMs: 0, republishAfterMs: 60_000 })).toHaveLength(1);
    for (const limits of [{}, { total: 50 }, { perUser: 50 }]) {
      expect(await store.leases.claim({ workerId: 'w', limit: 1, limits })).toHaveLength(1);
    }
    expect(await store.leases.claim({ workerId: 'w', limit: 2, ahead: 3 })).toHaveLength(5);
    expect(await store.tasks.counts({})).toMatchObject({ processing: 8, pending: 18 });
  });

  it('return every task of a worker that died with hundreds, in one sweep', async () => {
    await submitSome(620, () => 'u1');
    await register('dead');
    expect(await store.leases.claim({ workerId: 'dead', limit: 620 })).toHaveLength(620);
    await store.workers.retire('dead');
    expect(await store.leases.sweep()).toEqual({ returned: 620, failed: 0 });
    expect(await store.tasks.counts({})).toMatchObject({ pending: 620, processing: 0 });
  });

  it(
    'never wait for each other in a circle: claims, sweeps, relays, submits, retries',
    { timeout: 60_000 },
    async () => {
      store = project.store({ credits: COSTS });
      const users = Array.from({ length: 6 }, (_, index) => `u${index}`);
      for (const userId of users) await store.credits.grant({ userId, amount: 10_000, key: 'k' });
      const names = Array.from({ length: 8 }, (_, index) => `w${index}`);
      await Promise.all(names.map(register));
      const ids = (await submitSome(120, (index) => users[index % 6]!)).map(({ task }) => task.id);
      const makeDue = "update tasks set waiting = true, turn = 0, run_at = now() where status = 'pending'";
      for (let round = 0; round < 5; round += 1) {
        await project.database.query(makeDue);
        const claims = names.flatMap((workerId, index) => [
          store.leases.claim({ workerId, limit: 3, ...(index % 2 === 0 && { limits: { total: 500, perUser: 90 } }) }),
          store.leases.sweep(),
          store.outbox.take({ limit: 5, unpublishedForMs: 0, republishAfterMs: 1 }),
          submitSome(4, (place) => users[(place + index) % 6]!),
        ]);
        const some = ids.slice(round * 20, round * 20 + 20);
        const changes = some.map(async (id) => {
          await store.tasks.cancel(id);
          await store.tasks.retry(id);
        });
        await Promise.all([...claims, ...changes]);
      }
      // What a connection has counted is told when it ends.
      const apis = "from pg_stat_activity where usename = 'authenticator' and datname = current_database()";
      await project.database.query(`select pg_terminate_backend(pid) ${apis}`);
      await vi.waitFor(async () => expect(await project.database.query(`select 1 ${apis}`)).toEqual([]));
      const [stat] = await project.database.query<{ deadlocks: string }>(
        'select deadlocks from pg_stat_database where datname = current_database()',
      );
      expect(stat).toEqual({ deadlocks: '0' });
    },
  );

  it('have a retry run by the clock of the database, however wrong the worker’s is', async () => {
    const skewed = project.store({ clock: { ...systemClock, now: () => Date.now() + 3_600_000 } });
    await register('w');
    await skewed.tasks.submit(newTask(systemClock));
    const [claimed] = await skewed.leases.claim({ workerId: 'w', limit: 1 });
    const retryAt = new Date(Date.now() + 3_600_000 + 5_000).toISOString();
    const task = await skewed.leases.fail({ lease: claimed!.lease, error: providerFailure(), retryAt });
    expect(Math.abs(Date.parse(task.runAt) - Date.now() - 5_000)).toBeLessThan(4_000);
  });
});
