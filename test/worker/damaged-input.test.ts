import { expect, test } from 'vitest';
import { chooseDriver } from '../../src/adapters/stores/sqlite/driver.ts';
import { running, submitTasks, useFaultScene, workerOver } from './fault-support.ts';

const DAMAGED = 6;
const done = { data: {}, files: [], partial: false };

const scene = useFaultScene();

test('tasks whose inputs are damaged hold a worker up for no time', async () => {
  const backend = await scene.open();
  await submitTasks(backend.store, DAMAGED);
  const database = (await chooseDriver()).open(scene.file);
  database.exec("UPDATE task_input SET input = '{\"logoDescr'");
  database.close();
  const [whole] = await submitTasks(backend.store, 1);
  const startedAt = performance.now();
  const worker = workerOver(backend, { processors: { generation: async () => done }, concurrency: 1 });
  const { ended, attempts } = running(worker, { drain: true });
  expect(await ended).toMatchObject({ completed: 1, failed: 0 });
  // A worker that finds nothing looks again after a second: it must not take one for each.
  expect(performance.now() - startedAt).toBeLessThan((DAMAGED / 2) * 1_000);
  expect(attempts.map(({ taskId }) => taskId)).toEqual([whole]);
  expect(await backend.store.tasks.counts({})).toMatchObject({ completed: 1, failed: DAMAGED });
});
