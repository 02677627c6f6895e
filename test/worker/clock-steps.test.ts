import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { ConceptError } from '../../src/core/errors.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Processors } from '../../src/processors/registry.ts';
import { attemptsOf, running, submitTasks, useFaultScene, workerOver } from './fault-support.ts';
import { until } from './support.ts';

const HOUR_MS = 3_600_000;
const LEASE_MS = 600;
const done = { data: {}, files: [], partial: false };

const scene = useFaultScene({ withChildren: true });

/** The machine's clock, whose time of day can be set. */
function steppingClock(): Clock & { step(ms: number): void } {
  let offsetMs = 0;
  return { ...systemClock, now: () => systemClock.now() + offsetMs, step: (ms) => (offsetMs += ms) };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe.each([
  ['forward', HOUR_MS],
  ['back', -HOUR_MS],
])('a wall clock set %s by an hour while a worker runs', (_, stepMs) => {
  test('costs no lease and no attempt', async () => {
    const clock = steppingClock();
    const backend = await scene.open(clock);
    const { store } = backend;
    // Longer than a lease, so that it ends unless it is renewed; as many as keep the worker busy over both steps.
    const processors: Processors = { generation: () => pause(LEASE_MS * 1.5).then(() => done) };
    const ids = await submitTasks(store, 4);
    const worker = running(workerOver(backend, { clock, processors, leaseMs: LEASE_MS }));
    await until(async () => (await store.tasks.counts({})).processing === 2);
    clock.step(stepMs);
    await until(() => worker.attempts.length >= 2);
    clock.step(stepMs);
    await until(() => worker.attempts.length >= 4);
    const summary = await worker.stop();
    expect(summary).toMatchObject({ completed: 4, lost: 0, rescheduled: 0, failed: 0, released: 0 });
    for (const id of ids) expect(await store.tasks.get(id)).toMatchObject({ status: 'completed', attempt: 1 });
    // What is reported is how long it took, not what the clock on the wall says.
    for (const { durationMs } of [summary, ...worker.attempts]) {
      expect(durationMs).toBeGreaterThanOrEqual(LEASE_MS);
      expect(durationMs).toBeLessThan(60_000);
    }
  });

  test('delays no retry by an hour', async () => {
    const clock = steppingClock();
    const backend = await scene.open(clock);
    const { store } = backend;
    let calls = 0;
    const processors: Processors = {
      generation: async () => {
        calls += 1;
        if (calls === 1) throw new ConceptError('PROVIDER_FAILED', 'it hiccupped', { retryAfterMs: 1_500 });
        return done;
      },
    };
    const [id] = await submitTasks(store, 1);
    const worker = running(workerOver(backend, { clock, processors, leaseMs: LEASE_MS }));
    await until(() => worker.attempts.length === 1);
    const steppedAt = performance.now();
    clock.step(stepMs);
    await until(async () => (await store.tasks.get(id!))?.status === 'completed');
    expect(performance.now() - steppedAt).toBeLessThan(8_000);
    expect(await worker.stop()).toMatchObject({ rescheduled: 1, completed: 1 });
    expect(await store.tasks.get(id!)).toMatchObject({ attempt: 2 });
  });
});

describe('two processes whose wall clocks are set apart by two hours while they work', () => {
  test('finish everything, each task in one attempt', async () => {
    const { store } = await scene.open();
    const options = { taskMs: 60, leaseMs: LEASE_MS, workers: 2 };
    const [ahead, behind] = [await scene.start(options), await scene.start(options)];
    const ids = await submitTasks(store, 60);
    await until(() => attemptsOf(ahead).length > 2 && attemptsOf(behind).length > 2);
    ahead.process.kill('SIGUSR2');
    behind.process.kill('SIGHUP');
    await until(async () => (await store.tasks.counts({})).completed > 30);
    ids.push(...(await submitTasks(store, 20)));
    await until(async () => (await store.tasks.counts({})).completed === ids.length);
    expect(await scene.stop()).toEqual([ahead, behind].map(() => ({ code: 0, stderr: '' })));
    const attempts = [ahead, behind].flatMap(attemptsOf);
    expect(attempts.map(({ taskId }) => String(taskId)).toSorted()).toEqual(ids.toSorted());
    expect(attempts.filter(({ outcome, attempt }) => outcome !== 'completed' || attempt !== 1)).toEqual([]);
    for (const { durationMs } of attempts) {
      expect(durationMs).toBeGreaterThanOrEqual(0);
      expect(durationMs).toBeLessThan(10_000);
    }
  });
});
