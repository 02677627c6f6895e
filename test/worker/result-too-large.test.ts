import { expect, test } from 'vitest';
import { running, submitTasks, useFaultScene, workerOver } from './fault-support.ts';

const scene = useFaultScene();

test('a result of more than a megabyte fails its task at once: another attempt would not make it smaller', async () => {
  const backend = await scene.open();
  const { store } = backend;
  const [large, small] = await submitTasks(store, 2);
  const result = (bytes: number) => ({ data: { text: 'x'.repeat(bytes) }, files: [], partial: false });
  const processors = { generation: async ({ id }: { id: string }) => result(id === large ? 1_100_000 : 900_000) };
  const worker = running(workerOver(backend, { processors }), { drain: true });
  expect(await worker.ended).toMatchObject({ completed: 1, failed: 1, rescheduled: 0 });
  expect(await store.tasks.get(large!)).toMatchObject({
    status: 'failed',
    attempt: 1,
    error: { code: 'RESULT_TOO_LARGE', retryable: false, hint: expect.stringMatching(/\w/) },
  });
  expect(await store.results.get(large!)).toBeUndefined();
  expect(await store.tasks.get(small!)).toMatchObject({ status: 'completed' });
});
