import { beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import type { Store } from '../../../../src/ports/store.ts';
import type { ClaimRequest } from '../../../../src/ports/task-leases.ts';
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
