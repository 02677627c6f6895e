import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { isDeepStrictEqual } from 'node:util';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { connectSupabase } from '../../../../src/adapters/supabase-connection.ts';
import { WIRE_NAMES } from '../../../../src/core/task.ts';
import type { Store } from '../../../../src/ports/store.ts';
import { type FakeClock, fakeClock } from '../../../../src/testing/fake-clock.ts';
import { conceptFor, newTask, newTaskId, providerFailure } from '../../../contracts/fixtures.ts';
import { skipsPostgres } from '../../../support/postgres.ts';
import { useTestProject } from '../../../support/supabase.ts';

type Json = Readonly<Record<string, unknown>>;

const LEASE_MS = 30_000;
const COSTS = { generation: 2, refinement: 1, coloring: 1, rendition: 1 };
const WIRE_COSTS = Object.fromEntries(
  Object.entries(COSTS).map(([type, cost]) => [WIRE_NAMES[type as 'generation'], cost]),
);

describe.skipIf(skipsPostgres())('a repeated call', () => {
  let clock: FakeClock;
  const project = useTestProject(() => (clock = fakeClock()));
  let store: Store;
  beforeEach(async () => {
    store = project.store({ credits: COSTS });
    await store.credits.grant({ userId: 'u1', amount: 100, key: 'start' });
    await store.workers.register({ id: 'w', kind: 'worker', host: 'h', pid: 1, types: null }, LEASE_MS);
  });

  /** Calls a function as it is, with the `writeId` in the request. @throws an error of the API */
  const call = async (name: string, request: object): Promise<Json> => {
    const { client } = connectSupabase({ url: project.api.url, key: project.api.keys.secret });
    const { data, error } = await client.rpc(`concept_${name}`, { request });
    if (error) throw new Error(`${name}: ${error.message}`);
    return data as Json;
  };

  /** Every row of every table of ours. */
  const rows = async (): Promise<unknown> => {
    const tables = await project.database.query<{ name: string }>(`
      select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and n.nspname in ('public', 'concept_private') order by 1`);
    const dump: Record<string, unknown> = {};
    for (const { name } of tables) {
      const [all] = await project.database.query<{ rows: unknown }>(
        `select jsonb_agg(to_jsonb(t) order by to_jsonb(t)::text) as rows from ${name} t`,
      );
      dump[name] = all!.rows;
    }
    return dump;
  };

  const submitOne = async (overrides = {}): Promise<string> =>
    (await store.tasks.submit(newTask(clock, overrides))).task.id;
  const claimOne = async () => (await store.leases.claim({ workerId: 'w', limit: 1 }))[0]!;
  const leased = async () => {
    await submitOne();
    return claimOne();
  };
  const wire = (overrides = {}) => ({ ...newTask(clock, overrides), type: WIRE_NAMES.generation });
  const types = Object.values(WIRE_NAMES);

  /** Six calls that all begin before the first of them is let through. */
  const atOnce = async (make: () => Promise<Json>): Promise<readonly Json[]> => {
    const gate = new pg.Client({ connectionString: project.database.superuserUrl });
    await gate.connect();
    await gate.query(
      'begin; lock table tasks, concept_private.workers, concept_private.writes, concept_private.batches, concept_private.credit_ledger in access exclusive mode',
    );
    const calls = Array.from({ length: 6 }, make);
    const blocked =
      "select count(*)::int as count from pg_stat_activity where wait_event_type = 'Lock' and datname = $1";
    // Asked outside of the gate's transaction, which would be told the same again and again.
    await vi.waitFor(async () => {
      expect(await project.database.query(blocked, [project.database.name])).toEqual([{ count: calls.length }]);
    }, 5_000);
    await gate.end();
    return Promise.all(calls);
  };

  /** What goes before a call, and the call. */
  const REQUESTS: Readonly<Record<string, () => Promise<object>>> = {
    submit: async () => ({
      costs: WIRE_COSTS,
      tasks: [wire(), wire({ idempotencyKey: 'k' }), wire({ idempotencyKey: 'k' })],
    }),
    cancel_task: async () => ({ id: await submitOne() }),
    retry_task: async () => {
      const id = await submitOne();
      await store.tasks.cancel(id);
      return { id, costs: WIRE_COSTS };
    },
    cancel_tasks: async () => {
      for (let count = 0; count < 3; count += 1) await submitOne();
      return { limit: 2 };
    },
    retry_tasks: async () => {
      for (let count = 0; count < 3; count += 1) await store.tasks.cancel(await submitOne());
      return { limit: 2, costs: WIRE_COSTS };
    },
    open_batch: async () => ({ id: newTaskId(clock), userId: 'u1', name: 'spring' }),
    pin_task: async () => ({ id: await submitOne(), pinned: true }),
    grant_credits: async () => ({ userId: 'u1', amount: 7, key: 'once', costs: WIRE_COSTS }),
    remove_tasks: async () => {
      const input = { ...newTask(clock).input, image: { kind: 'blob', path: 'u1/uploads/0123456789abcdef.png' } };
      const id = await submitOne({ input });
      await store.tasks.cancel(id);
      return { ids: [id] };
    },
    prune: async () => {
      await store.batches.open({ id: 'empty', userId: 'u1', name: 'empty' });
      clock.advance(1_000);
      return { before: new Date(clock.now()).toISOString() };
    },
    register_worker: async () => ({
      id: 'w2',
      kind: 'worker',
      host: 'h',
      pid: 1,
      types: null,
      leaseMs: LEASE_MS,
      costs: WIRE_COSTS,
    }),
    heartbeat: async () => ({ workerId: 'w', leaseMs: LEASE_MS, held: [(await leased()).lease] }),
    retire_worker: async () => ({ workerId: 'w' }),
    claim: async () => {
      for (let count = 0; count < 4; count += 1) await submitOne();
      return { workerId: 'w', limit: 1, ahead: 1, types, limits: {} };
    },
    record: async () => {
      const { lease } = await leased();
      const progress = { stage: 'image', fraction: 0.5 };
      return { lease, progress, events: [{ type: 'stage.started', data: { stage: 'image' } }] };
    },
    checkpoint: async () => ({ lease: (await leased()).lease, checkpoint: { stage: 'image', data: { path: 'p' } } }),
    complete: async () => {
      const { task, lease } = await leased();
      const concept = conceptFor(task, new Date(clock.now()).toISOString());
      return { lease, result: { concept, partial: false }, imageBaseUrls: { concept: '', palette: '' } };
    },
    fail: async () => ({ lease: (await leased()).lease, error: providerFailure(), retryAt: null }),
    release: async () => ({ lease: (await leased()).lease }),
    refuse: async () => ({ taskId: await submitOne(), error: providerFailure() }),
    sweep: async () => {
      await leased();
      clock.advance(LEASE_MS);
      return {};
    },
    outbox_take: async () => {
      await submitOne();
      return { limit: 5, unpublishedForMs: 0, republishAfterMs: 60_000 };
    },
    outbox_mark: async () => ({ taskIds: [await submitOne()], published: true }),
  };
  /** These tell what they did, which is nothing the second time; nobody depends on having heard of it. */
  const TELLS_OF_WORK = new Set(['sweep', 'retire_worker']);

  it.each(Object.keys(REQUESTS))('changes nothing and gives the same answer: %s', async (name) => {
    const request = { ...(await REQUESTS[name]!()), writeId: randomUUID() };
    const before = await rows();
    const first = await call(name, request);
    const after = await rows();
    // A beat extends what was not yet spent, and by a clock that stands still to the same moment.
    expect(isDeepStrictEqual(after, before)).toBe(name === 'heartbeat');
    const second = await call(name, request);
    expect(await rows()).toEqual(after);
    expect(isDeepStrictEqual(second, first)).toBe(!TELLS_OF_WORK.has(name));
  });

  it('is tested of every function that changes anything', async () => {
    const functions = await project.database.query<{ name: string }>(`
      select substr(proname, 9) as name from pg_proc
      where pronamespace = 'public'::regnamespace and proname like 'concept\\_%' and provolatile = 'v' order by 1`);
    expect(functions.map(({ name }) => name)).toEqual(Object.keys(REQUESTS).toSorted());
  });

  /** Owners' calls are repeated while workers and other owners go on; what came between stays as it is. */
  const BETWEEN: Readonly<Record<string, (answer: Json) => Promise<unknown>>> = {
    submit: async () => claimOne(),
    cancel_task: async ({ task }) => store.tasks.retry((task as { id: string }).id),
    retry_task: async () => claimOne(),
    cancel_tasks: async ({ ids }) => store.tasks.retry((ids as string[])[0]!),
    retry_tasks: async ({ ids }) => store.tasks.cancel((ids as string[])[0]!),
    pin_task: async ({ id }) => store.retention.pin(id as string, false),
    remove_tasks: async () => submitOne(),
    outbox_take: async () => claimOne(),
    prune: async () => store.batches.open({ id: 'newer', userId: 'u1', name: 'newer' }),
  };
  it.each(Object.keys(BETWEEN))('does not undo what came between: %s', async (name) => {
    const request = { ...(await REQUESTS[name]!()), writeId: randomUUID() };
    const first = await call(name, request);
    await BETWEEN[name]!(first);
    const after = await rows();
    const second = await call(name, request);
    expect(await rows()).toEqual(after);
    const [before, now] = [first, second].map(outlineOf);
    expect(now).toEqual(before);
  });

  const TOLD_TO_OTHERS = Object.keys(REQUESTS).filter((name) => !TELLS_OF_WORK.has(name));
  it.each(TOLD_TO_OTHERS)('that comes while the first is under way waits for it: %s', async (name) => {
    const request = { ...(await REQUESTS[name]!()), writeId: randomUUID() };
    const [first, ...others] = await atOnce(() => call(name, request));
    for (const other of others) expect(other).toEqual(first);
    const after = await rows();
    expect(await call(name, request)).toEqual(first);
    expect(await rows()).toEqual(after);
  });

  it('is provided for by a look into the outbox only when it found something: an idle worker’s writes nothing', async () => {
    const before = await rows();
    await store.outbox.take({ limit: 5, unpublishedForMs: 0, republishAfterMs: 60_000 });
    expect(await rows()).toEqual(before);
  });

  it('of a refused call is refused again, and kept by nobody', async () => {
    const id = await submitOne();
    const request = { id, costs: WIRE_COSTS, writeId: randomUUID() };
    for (let tries = 0; tries < 2; tries += 1)
      await expect(call('retry_task', request)).rejects.toThrow(/cannot retry/);
    await store.tasks.cancel(id);
    expect(await call('retry_task', request)).toMatchObject({ task: { status: 'pending' } });
  });

  it('is known for an hour, then forgotten by the calls that follow', async () => {
    for (let count = 0; count < 12; count += 1) await store.tasks.cancel(await submitOne());
    const kept = 'select count(*)::int as count from concept_private.writes';
    expect(await project.database.query(kept)).toEqual([{ count: 12 }]);
    clock.advance(3_601_000);
    await store.tasks.cancel(await submitOne());
    await store.tasks.cancel(await submitOne());
    expect(await project.database.query(kept)).toEqual([{ count: 2 }]);
  });
});

/** Which tasks an answer tells of; what has become of a submitted task since is told as it is. */
function outlineOf(answer: Json): unknown {
  const outcomes = answer['outcomes'] as readonly { task: { id: string }; created: boolean }[] | undefined;
  return outcomes ? outcomes.map(({ task, created }) => [task.id, created]) : answer;
}
