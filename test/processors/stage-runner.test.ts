import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ConceptError } from '../../src/core/errors.ts';
import type { StageName } from '../../src/core/stage-name.ts';
import type { TaskLeases } from '../../src/ports/task-leases.ts';
import type { StageRequest } from '../../src/processors/stage-request.ts';
import { createStageRunner } from '../../src/processors/stage-runner.ts';
import { fakeClock, memoryStore } from '../../src/testing/index.ts';
import { taskBench } from './support.ts';

type RecordRequest = Parameters<TaskLeases['record']>[0];

const lease = { taskId: 't', token: 'x', workerId: 'w' };
const lost = () => new ConceptError('LEASE_LOST', 'no longer yours');
const away = () => new ConceptError('STORE_UNAVAILABLE', 'the store is away');

/** A runner whose writes are kept and answered by the test. */
function runnerWith(
  answers: {
    readonly record?: (request: RecordRequest) => Promise<void>;
    readonly checkpoint?: (stage: string) => Promise<void>;
  } = {},
) {
  const clock = fakeClock();
  const records: RecordRequest[] = [];
  const leases: TaskLeases = {
    ...memoryStore({ clock }).leases,
    record: (request) => {
      records.push(request);
      return answers.record?.(request) ?? Promise.resolve();
    },
    checkpoint: ({ checkpoint }) => answers.checkpoint?.(checkpoint.stage) ?? Promise.resolve(),
  };
  const { signal } = new AbortController();
  const stages = createStageRunner({ lease, checkpoints: [] }, { leases, clock }, signal);
  const run = <T>(stage: StageName, work: StageRequest<T>['work'], more: Partial<StageRequest<T>> = {}): Promise<T> =>
    stages.run({ stage, fraction: 0.5, signal: stages.signal, work, ...more });
  const calls = () => records.map(({ events }) => events.map(({ type, data }) => `${type} ${String(data['stage'])}`));
  return { stages, run, clock, records, calls };
}

describe('the records of stages', () => {
  it('are not waited for, until the attempt is settled', async () => {
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const { stages, run } = runnerWith({ record: () => answered });
    expect(await run('image-loading', async () => 'done')).toBe('done');
    expect(await run('image-editing', async () => 'done as well')).toBe('done as well');
    let settled = false;
    const settling = stages.settled().then(() => (settled = true));
    await sleep(10);
    expect(settled).toBe(false);
    answer();
    await settling;
  });

  it('go out in one call when they come within a moment, in order', async () => {
    const { stages, run, calls } = runnerWith();
    await run('image-loading', () => sleep(200));
    await run('image-editing', () => sleep(200));
    await stages.settled();
    expect(calls()).toEqual([
      ['stage.started image-loading'],
      ['stage.completed image-loading', 'stage.started image-editing'],
      ['stage.completed image-editing'],
    ]);
  });

  it('of stages that take no time are one call, each event with the time at which it happened', async () => {
    const { stages, run, clock, records, calls } = runnerWith();
    const beganMs = clock.now();
    await run('image-loading', async () => clock.advance(3));
    await run('image-editing', async () => clock.advance(4));
    await stages.settled();
    expect(calls()).toHaveLength(1);
    const atMs = records.flatMap(({ events }) => events.map(({ at }) => Date.parse(at!) - beganMs));
    expect(atMs).toEqual([0, 3, 3, 7]);
  });

  it('of an attempt with a result are ahead of a completion that is called next, without its checkpoints', async () => {
    const order: string[] = [];
    const { stages, run } = runnerWith({
      record: async () => void order.push('record'),
      checkpoint: async (stage) => void order.push(`checkpoint ${stage}`),
    });
    await run('image-loading', async () => 1);
    stages.checkpoint('image-loading', 1);
    const recorded = stages.finish();
    order.push('complete');
    await recorded;
    await sleep(150);
    expect(order).toEqual(['record', 'complete']);
    await stages.settled();
    expect(order).toEqual(['record', 'complete', 'checkpoint image-loading']);
  });

  it('that are refused abort what runs and all that follows with LEASE_LOST', async () => {
    const { stages, run } = runnerWith({ record: () => Promise.reject(lost()) });
    const reasons: unknown[] = [];
    const running = run('image-loading', async ({ signal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      reasons.push(signal.reason);
      throw new Error('interrupted');
    });
    await expect(running).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(reasons).toMatchObject([{ code: 'LEASE_LOST' }]);
    expect(stages.signal.reason).toMatchObject({ code: 'LEASE_LOST' });
    let ran = false;
    await expect(run('image-editing', async () => (ran = true))).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(ran).toBe(false);
    expect(() => stages.checkpoint('image-editing', 1)).toThrow(expect.objectContaining({ code: 'LEASE_LOST' }));
    await expect(stages.settled()).rejects.toMatchObject({ code: 'LEASE_LOST' });
  });

  it('that are refused after the last stage make the attempt lost', async () => {
    // A store that refuses one write of a lease refuses all that follow.
    const refused = { record: () => Promise.reject(lost()), complete: () => Promise.reject(lost()) };
    const bench = await taskBench({ wrapLeases: (leases) => ({ ...leases, ...refused }) });
    expect(await bench.attempt()).toMatchObject({ outcome: 'lost', error: { code: 'LEASE_LOST' } });
    expect(await bench.concept()).toBeUndefined();
  });

  it('that cannot be written fail nothing', async () => {
    const bench = await taskBench({ wrapLeases: (leases) => ({ ...leases, record: () => Promise.reject(away()) }) });
    expect(await bench.attempt()).toMatchObject({ outcome: 'completed' });
  });

  it('carry durations that do not follow the time of day', async () => {
    const { stages, run, clock, records } = runnerWith();
    await run('image-loading', async () => {
      clock.advance(40);
      clock.step(-3_600_000);
    });
    await stages.settled();
    const completed = records.flatMap(({ events }) => events).find(({ type }) => type === 'stage.completed');
    expect(completed?.data).toEqual({ stage: 'image-loading', durationMs: 40 });
  });
});

describe('the progress inside a stage', () => {
  it('is written at most four times a second, the newest last', async () => {
    const { stages, run, records } = runnerWith();
    await run(
      'variation-creation',
      async ({ onProgress }) => {
        for (let step = 1; step <= 60; step++) {
          onProgress?.(step / 60);
          await sleep(10);
        }
        await sleep(300);
      },
      { untilFraction: 0.9 },
    );
    await stages.settled();
    const fractions = records.flatMap(({ progress }) => (progress ? [progress.fraction] : []));
    expect(fractions.length).toBeGreaterThan(2);
    expect(fractions.length).toBeLessThanOrEqual(6);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions.at(-1)).toBeCloseTo(0.9);
  });

  it('is not written any more once the stage is over', async () => {
    const { stages, run, records } = runnerWith();
    await run('variation-creation', async ({ onProgress }) => {
      onProgress?.(0.1);
      onProgress?.(0.2);
    });
    await sleep(300);
    await stages.settled();
    expect(records).toHaveLength(1);
  });
});

describe('checkpoints', () => {
  it('are not written after one that could not be: a retry must find nothing that was made of what it does not find', async () => {
    const written: string[] = [];
    const { stages } = runnerWith({
      checkpoint: async (stage) => {
        await turn();
        if (stage === 'palette-generation') throw away();
        written.push(stage);
      },
    });
    stages.checkpoint('image-storage', 1);
    stages.checkpoint('palette-generation', 2);
    stages.checkpoint('concept-storage', 3);
    await stages.settled();
    expect(written).toEqual(['image-storage']);
  });
});
