import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectSupabase } from '../../../../src/adapters/supabase-connection.ts';
import type { Store } from '../../../../src/ports/store.ts';
import { type FakeClock, fakeClock } from '../../../../src/testing/fake-clock.ts';
import { newTask, providerFailure } from '../../../contracts/fixtures.ts';
import { skipsPostgres } from '../../../support/postgres.ts';
import { useTestProject } from '../../../support/supabase.ts';

const LEASE_MS = 30_000;
const NOTHING = { returned: 0, failed: 0 };

describe.skipIf(skipsPostgres())('leases while another call is under way', () => {
  let clock: FakeClock;
  const project = useTestProject(() => (clock = fakeClock()));
  let store: Store;
  let other: pg.Client;
  beforeEach(async () => {
    store = project.store();
    other = new pg.Client({ connectionString: project.database.superuserUrl });
    await other.connect();
    await register('w');
  });
  afterEach(async () => {
    await other.end();
  });

  const register = (id: string) =>
    store.workers.register({ id, kind: 'worker', host: 'h', pid: 1, types: null }, LEASE_MS);
  const submit = async (): Promise<string> => (await store.tasks.submit(newTask(clock))).task.id;
  const claimIds = async (workerId: string, taskId?: string): Promise<readonly string[]> =>
    (await store.leases.claim({ workerId, taskId, limit: 1 })).map(({ task }) => task.id);
  /** Calls a function in a transaction that is not over yet. */
  const begin = async <T>(name: string, request: object): Promise<T> => {
    await other.query('begin');
    await other.query("select set_config('concept.now', $1, true)", [new Date(clock.now()).toISOString()]);
    const answer = await other.query<{ answer: T }>(`select public.concept_${name}($1) as answer`, [
      { writeId: randomUUID(), ...request },
    ]);
    return answer.rows[0]!.answer;
  };
  const call = async (name: string, request: object): Promise<unknown> => {
    const { client } = connectSupabase({ url: project.api.url, key: project.api.keys.secret });
    const { data, error } = await client.rpc(`concept_${name}`, { request });
    if (error) throw new Error(`${name}: ${error.message}`);
    return data;
  };
  const untilBlocked = (count = 1) =>
    vi.waitFor(async () => {
      const waiting = await project.database.query(
        "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = $1",
        [project.database.name],
      );
      expect(waiting).toHaveLength(count);
    }, 5_000);

  it('are swept from nobody whose beat came in time and is not written yet', async () => {
    const id = await submit();
    await claimIds('w');
    clock.advance(LEASE_MS - 1);
    const beat = { workerId: 'w', leaseMs: LEASE_MS, held: [] };
    expect(await begin('heartbeat', beat)).toEqual({ alive: true, lost: [] });
    clock.advance(2);
    expect(await store.leases.sweep()).toEqual(NOTHING);
    await other.query('commit');
    expect(await store.leases.sweep()).toEqual(NOTHING);
    expect(await store.tasks.get(id)).toMatchObject({ status: 'processing', leaseOwner: 'w' });
    clock.advance(LEASE_MS);
    expect(await store.leases.sweep()).toEqual({ returned: 1, failed: 0 });
  });

  it('are lost to a beat that meets the sweep of its worker', async () => {
    await submit();
    const [claimed] = await store.leases.claim({ workerId: 'w', limit: 1 });
    clock.advance(LEASE_MS);
    expect(await begin('sweep', {})).toEqual({ returned: 1, failed: 0 });
    const beating = store.workers.heartbeat({ workerId: 'w', leaseMs: LEASE_MS, held: [claimed!.lease] });
    await other.query('commit');
    expect(await beating).toEqual({ alive: false, lost: [claimed!.lease] });
  });

  it('are lost to a write that meets the sweep of its worker', async () => {
    await submit();
    const [claimed] = await store.leases.claim({ workerId: 'w', limit: 1 });
    clock.advance(LEASE_MS);
    await begin('sweep', {});
    clock.advance(-2);
    const recording = store.leases.record({ lease: claimed!.lease, events: [] });
    await untilBlocked();
    await other.query('commit');
    await expect(recording).rejects.toMatchObject({ code: 'LEASE_LOST' });
  });

  it('of one task go to one of two claims that name it', async () => {
    const id = await submit();
    await register('v');
    await other.query('begin');
    await other.query('update tasks set published_at = now()');
    const claims = [claimIds('w', id), claimIds('v', id)];
    await untilBlocked(2);
    await other.query('commit');
    expect((await Promise.all(claims)).flat()).toEqual([id]);
  });

  it('are had by a claim of what somebody only notes to be published', async () => {
    const id = await submit();
    await begin('outbox_mark', { taskIds: [id], published: true });
    const claiming = claimIds('w', id);
    await untilBlocked();
    await other.query('commit');
    expect(await claiming).toEqual([id]);
  });

  it('are had at once, whatever another claim has in hand', async () => {
    const ids = [await submit(), await submit(), await submit()];
    await claimIds('w');
    const request = { workerId: 'w', limit: 1, types: ['concept_generation'], limits: {} };
    expect(await begin('claim', request)).toMatchObject({ claims: [{ task: { id: ids[1] } }] });
    expect(await claimIds('w')).toEqual([ids[2]]);
    await other.query('commit');
  });

  it('of what has just come due are had by both who put it in line', async () => {
    const runAt = new Date(clock.now() + 1_000).toISOString();
    const { task: first } = await store.tasks.submit(newTask(clock, { runAt }));
    const { task: second } = await store.tasks.submit(newTask(clock, { runAt }));
    clock.advance(1_000);
    const request = { workerId: 'w', limit: 1, types: ['concept_generation'], limits: {} };
    expect(await begin('claim', request)).toMatchObject({ claims: [{ task: { id: first.id } }] });
    const claiming = claimIds('w');
    await untilBlocked();
    await other.query('commit');
    expect(await claiming).toEqual([second.id]);
  });

  it('are no claim’s of a worker that retires at this moment', async () => {
    await submit();
    await begin('retire_worker', { workerId: 'w' });
    const claiming = claimIds('w');
    await untilBlocked();
    await other.query('commit');
    await expect(claiming).rejects.toMatchObject({ code: 'LEASE_LOST' });
  });

  const ENDINGS = {
    release: {},
    fail: { error: providerFailure(), retryAt: '2020-01-01T00:00:00.000Z' },
  };
  it.each(Object.entries(ENDINGS))('that were ended are known when another has begun: %s', async (name, ending) => {
    const id = await submit();
    const [claimed] = await store.leases.claim({ workerId: 'w', limit: 1 });
    const request = { lease: claimed!.lease, writeId: randomUUID(), ...ending };
    await call(name, request);
    await register('v');
    expect(await claimIds('v')).toEqual([id]);
    const before = [await store.tasks.get(id), await store.events.list({ taskId: id })];
    expect(await call(name, request)).toMatchObject({ task: { id } });
    expect([await store.tasks.get(id), await store.events.list({ taskId: id })]).toEqual(before);
  });
});
