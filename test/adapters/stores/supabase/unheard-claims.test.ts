import { beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import type { Store } from '../../../../src/ports/store.ts';
import type { ClaimedTask, ClaimRequest } from '../../../../src/ports/task-leases.ts';
import { type FakeClock, fakeClock } from '../../../../src/testing/fake-clock.ts';
import { newTask } from '../../../contracts/fixtures.ts';
import { skipsPostgres } from '../../../support/postgres.ts';
import { useTestProject } from '../../../support/supabase.ts';

const AWAY = { code: 'STORE_UNAVAILABLE' };

describe.skipIf(skipsPostgres())('a claim whose answer never came', () => {
  const project = useTestProject();
  let store: Store;
  beforeEach(async () => {
    store = project.store({ patienceMs: 1 });
    await store.workers.register({ id: 'w', kind: 'worker', host: 'h', pid: 1, types: null }, 60_000);
  });

  const submit = async (count: number): Promise<readonly string[]> => {
    const outcomes = await store.tasks.submitMany(Array.from({ length: count }, () => newTask(systemClock)));
    return outcomes.map(({ task }) => task.id);
  };
  const claim = async (request: Partial<ClaimRequest> = {}): Promise<readonly string[]> =>
    (await store.leases.claim({ workerId: 'w', limit: 2, ...request })).map(({ task }) => task.id);
  const claimUnheard = async (request: Partial<ClaimRequest> = {}): Promise<void> => {
    project.api.failNext('drop-after');
    await expect(claim(request)).rejects.toMatchObject(AWAY);
  };

  it('is answered by the next one with what it took, then with more', async () => {
    const ids = await submit(5);
    await claimUnheard();
    expect(await claim()).toEqual(ids.slice(0, 2));
    expect(await claim()).toEqual(ids.slice(2, 4));
    expect(await store.tasks.get(ids[0]!)).toMatchObject({ status: 'processing', attempt: 1 });
  });

  it('took nothing when it never arrived', async () => {
    const ids = await submit(3);
    project.api.failNext('drop');
    await expect(claim()).rejects.toMatchObject(AWAY);
    expect(await claim()).toEqual(ids.slice(0, 2));
  });

  it('is found through a whole row of failures, and ends with its caller’s signal as well', async () => {
    const ids = await submit(3);
    await claimUnheard();
    project.api.failNext('drop', 503, 'drop-after');
    for (let count = 0; count < 3; count += 1) await expect(claim()).rejects.toMatchObject(AWAY);
    project.api.failNext('stall');
    await expect(
      store.leases.claim({ workerId: 'w', limit: 2 }, { signal: AbortSignal.timeout(50) }),
    ).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(await claim()).toEqual(ids.slice(0, 2));
  });

  it('of a task that a delivery names is found by the next delivery of it', async () => {
    const [first, second] = await submit(2);
    await claimUnheard({ taskId: second! });
    expect(await claim({ limit: 5 })).toEqual([first]);
    expect(await claim({ taskId: second! })).toEqual([second]);
  });

  it('is no matter of another worker, nor of a claim at the same time', async () => {
    const ids = await submit(6);
    await claimUnheard();
    await store.workers.register({ id: 'v', kind: 'worker', host: 'h', pid: 1, types: null }, 60_000);
    expect(await claim({ workerId: 'v' })).toEqual(ids.slice(2, 4));
    const [one, other] = await Promise.all([claim(), claim()]);
    expect([...one, ...other].toSorted()).toEqual([...ids.slice(0, 2), ...ids.slice(4)].toSorted());
  });
});

describe.skipIf(skipsPostgres())('a claim whose answer its worker never asks for again', () => {
  let clock: FakeClock;
  const project = useTestProject(() => (clock = fakeClock()));
  let store: Store;
  beforeEach(async () => {
    store = project.store({ patienceMs: 1 });
    for (const id of ['w', 'v']) {
      await store.workers.register({ id, kind: 'worker', host: 'h', pid: 1, types: null }, 600_000);
    }
  });

  const claimOne = async (workerId: string): Promise<ClaimedTask> =>
    (await store.leases.claim({ workerId, limit: 1 }))[0]!;
  const beat = (held: readonly ClaimedTask[]) =>
    store.workers.heartbeat({ workerId: 'w', leaseMs: 600_000, held: held.map(({ lease }) => lease) });

  it('left a task that a beat gives back once no answer can be under way, with its attempt', async () => {
    const tasks = await store.tasks.submitMany([newTask(clock), newTask(clock), newTask(clock)]);
    const held = await claimOne('w');
    project.api.failNext('drop-after');
    await expect(claimOne('w')).rejects.toMatchObject(AWAY);
    const unheard = tasks[1]!.task.id;
    expect(await store.tasks.get(unheard)).toMatchObject({ status: 'processing', leaseOwner: 'w' });
    clock.advance(59_000);
    const fresh = await claimOne('v');
    await project.database.query("update tasks set lease_owner = 'w' where id = $1", [fresh.task.id]);
    expect(await beat([held])).toEqual({ alive: true, lost: [] });
    expect(await store.tasks.counts({})).toMatchObject({ processing: 3 });
    clock.advance(1_000);
    expect(await beat([held])).toEqual({ alive: true, lost: [] });
    expect(await store.tasks.get(unheard)).toMatchObject({ status: 'pending', attempt: 0, publishedAt: null });
    expect(await store.tasks.get(fresh.task.id)).toMatchObject({ status: 'processing' });
    expect(await store.tasks.get(held.task.id)).toMatchObject({ status: 'processing', leaseToken: held.lease.token });

    const again = await claimOne('v');
    expect(again.task).toMatchObject({ id: unheard, attempt: 1 });
    await store.leases.complete({ lease: again.lease, result: { data: {}, files: [], partial: false } });
    const events = await store.events.list({ taskId: unheard });
    expect(events.map(({ seq, type, attempt }) => [seq, type, attempt])).toEqual([
      [1, 'submitted', 0],
      [2, 'claimed', 1],
      [3, 'released', 1],
      [4, 'claimed', 1],
      [5, 'completed', 1],
    ]);
    expect(events[2]!.data).toEqual({ workerId: 'w' });
  });

  it('is of no worker whose registration has run out: a sweep is for those', async () => {
    const { task } = await store.tasks.submit(newTask(clock));
    await claimOne('w');
    clock.advance(600_000);
    expect(await beat([])).toEqual({ alive: false, lost: [] });
    expect(await store.tasks.get(task.id)).toMatchObject({ status: 'processing' });
  });
});
