import { expect, test } from 'vitest';
import { ConceptError } from '../../src/core/errors.ts';
import type { TaskResult } from '../../src/ports/task-leases.ts';
import type { ProcessorContext } from '../../src/processors/processor.ts';
import { processorRegistry } from '../../src/processors/registry.ts';
import { runTask, type TaskRun } from '../../src/processors/run-task.ts';
import type { AttemptSlot } from '../../src/processors/attempt-slot.ts';
import { taskBench } from './support.ts';

const RESULT: TaskResult = { data: {}, files: [], partial: false };

type Bench = Awaited<ReturnType<typeof taskBench>>;

/** Runs the bench's task with a processor of the test's own. */
async function run(
  bench: Bench,
  processor: (context: ProcessorContext) => Promise<TaskResult>,
  slot: AttemptSlot = {},
) {
  const ends: boolean[] = [];
  const [claimed] = await bench.store.leases.claim({ workerId: 'w1', limit: 1 });
  const processors = processorRegistry({ generation: (_, context) => processor(context) });
  const options = { slot, onProcessed: (hasResult: boolean) => void ends.push(hasResult), keepTrying: false };
  const ended: TaskRun = await runTask(claimed!, { ...bench.dependencies, processors }, options);
  return { ended, ends };
}

test('a processor that throws before it returns a promise fails its attempt like any other', async () => {
  const bench = await taskBench({ maxAttempts: 1 });
  const thrown = new ConceptError('INVALID_INPUT', 'the input does not do');
  const { ended, ends } = await run(bench, () => {
    throw thrown;
  });
  expect(ended).toMatchObject({ outcome: 'failed', error: { code: 'INVALID_INPUT' } });
  expect(ends).toEqual([false]);
  expect(await bench.task()).toMatchObject({ status: 'failed' });
});

test('a failure is told after the call, never from within it: held tasks that all fail do not nest', async () => {
  const bench = await taskBench();
  const [claimed] = await bench.store.leases.claim({ workerId: 'w1', limit: 1 });
  const told: string[] = [];
  const options = { slot: {}, onProcessed: () => void told.push('processed'), keepTrying: false };
  const running = runTask(claimed!, { ...bench.dependencies, processors: () => undefined }, options);
  told.push('called');
  expect(await running).toMatchObject({ outcome: 'failed', error: { code: 'INVALID_INPUT' } });
  expect(told).toEqual(['called', 'processed']);
});

test('a result that is no JSON fails the attempt: nobody waits for it for ever', async () => {
  const bench = await taskBench({ maxAttempts: 1 });
  const { ended } = await run(bench, () => Promise.resolve({ ...RESULT, data: { count: 1n } }));
  expect(ended.outcome).toBe('failed');
  expect(await bench.task()).toMatchObject({ status: 'failed' });
});

test('the end of a processor that was deserted is not told twice', async () => {
  const bench = await taskBench();
  const slot: AttemptSlot = {};
  let end: ((result: TaskResult) => void) | undefined;
  const running = run(bench, () => new Promise((resolve) => (end = resolve)), slot);
  await expect.poll(() => slot.onDeserted).toBeTypeOf('function');
  slot.controller = new AbortController();
  slot.controller.abort(new ConceptError('TIMEOUT', 'the task took longer than its limit'));
  slot.onDeserted!();
  const { ended, ends } = await running;
  end!(RESULT);
  await new Promise((resolve) => setImmediate(resolve));
  expect(ended).toMatchObject({ outcome: 'rescheduled', error: { code: 'TIMEOUT' } });
  expect(ends).toEqual([false]);
});

test('the stage runner is the same at each use, and its signal is the attempt’s', async () => {
  const bench = await taskBench();
  const seen: unknown[] = [];
  const slot: AttemptSlot = {};
  await run(
    bench,
    (context) => {
      seen.push(context.stages === context.stages, context.signal === context.stages.signal, context.isLastAttempt);
      return Promise.resolve(RESULT);
    },
    slot,
  );
  expect(seen).toEqual([true, true, false]);
  expect(slot.controller?.signal.aborted).toBe(false);
});
