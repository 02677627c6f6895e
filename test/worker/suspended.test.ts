import { expect, test } from 'vitest';
import { attemptsOf, type ChildLine, running, submitTasks, useFaultScene, workerOver } from './fault-support.ts';
import { until } from './support.ts';

const LEASE_MS = 900;
const scene = useFaultScene({ withChildren: true });
const done = { data: { by: 'the other' }, files: [], partial: false };

test('a worker process that was suspended beyond its lease has its late writes refused and works on under a new id', async () => {
  const backend = await scene.open();
  const { store } = backend;
  const child = await scene.start({ taskMs: 500, leaseMs: LEASE_MS });
  const [id] = await submitTasks(store, 1);
  await until(() => (child.lines as ChildLine[]).some(({ began }) => began === id));
  const [suspended] = (await store.workers.live()).map((worker) => worker.id);

  child.process.kill('SIGSTOP');
  const other = running(workerOver(backend, { leaseMs: LEASE_MS, processors: { generation: async () => done } }));
  await until(async () => (await store.tasks.get(id!))?.status === 'completed');
  await other.stop();

  child.process.kill('SIGCONT');
  await until(() => attemptsOf(child).length > 0);
  expect(attemptsOf(child)).toMatchObject([{ taskId: id, outcome: 'lost', attempt: 1 }]);
  const [next] = await submitTasks(store, 1);
  await until(async () => (await store.tasks.get(next!))?.status === 'completed');
  const live = (await store.workers.live()).map((worker) => worker.id);
  expect(live).toHaveLength(1);
  expect(live).not.toContain(suspended);

  expect(await store.tasks.get(id!)).toMatchObject({ status: 'completed', attempt: 2 });
  expect(await store.results.get(id!)).toEqual(done);
  const told = (await store.events.list({ taskId: id! })).map(({ type }) => type);
  expect(told).toEqual(['submitted', 'claimed', 'lease.expired', 'claimed', 'completed']);
  expect(await scene.stop()).toEqual([{ code: 0, stderr: '' }]);
});
