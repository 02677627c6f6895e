import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/system-clock.ts';
import type { TaskEvent } from '../../src/core/event.ts';
import { scriptedImageProvider, scriptedPaletteProvider } from '../../src/testing/index.ts';
import type { Processor } from '../../src/processors/processor.ts';
import { newTask } from '../contracts/fixtures.ts';
import { NO_PROVIDERS } from '../worker/no-providers.ts';
import { newScene, plainResult, type Scene, startWorker } from './support.ts';

let scene: Scene;
beforeEach(() => {
  scene = newScene();
});
afterEach(() => scene.close());

/** Of stages that follow each other: each takes its own time, and the task takes that of all. */
const STAGES = [
  ['image-generation', 250],
  ['palette-generation', 150],
  ['variation-creation', 200],
] as const;
/** Timers are a little early at times. */
const TIMER_MS = 2;
/**
 * What belongs to no stage: the claim's own commit, the way to the processor, the commit of the outcome. Milliseconds, of a
 * disk and a processor that others use too.
 */
const OVERHEAD_MS = 300;

const inSequence: Processor<'generation'> = async (_, { stages, signal }) => {
  for (const [stage, takesMs] of STAGES) {
    await stages.run({ stage, fraction: 0.5, signal, work: async () => sleep(takesMs) });
  }
  return plainResult();
};

function timesOf(events: readonly TaskEvent[]) {
  const at = (type: TaskEvent['type']): number => Date.parse(events.find((event) => event.type === type)!.at);
  const durations = events
    .filter(({ type }) => type === 'stage.completed')
    .map(({ data }) => [data['stage'] as string, data['durationMs'] as number] as const);
  return { totalMs: at('completed') - at('claimed'), durations };
}

describe('promise 12: events give each stage’s start, end and duration; a task’s total is accounted for', () => {
  it('the durations of stages in sequence add up to the time between claim and completion', async () => {
    const backend = await scene.open();
    const { task } = await backend.store.tasks.submit(newTask(systemClock));
    await startWorker(backend, { processors: { generation: inSequence } }).run({
      signal: AbortSignal.timeout(10_000),
      drain: true,
    });
    const { totalMs, durations } = timesOf(await backend.store.events.list({ taskId: task.id }));
    expect(durations.map(([stage]) => stage)).toEqual(STAGES.map(([stage]) => stage));
    for (const [index, [, durationMs]] of durations.entries()) {
      expect(durationMs).toBeGreaterThanOrEqual(STAGES[index]![1] - TIMER_MS);
    }
    const accountedMs = durations.reduce((sum, [, durationMs]) => sum + durationMs, 0);
    expect(totalMs - accountedMs).toBeGreaterThan(-TIMER_MS);
    expect(totalMs - accountedMs).toBeLessThan(OVERHEAD_MS);
  });

  it('every stage of a real generation begins, ends and has its duration', async () => {
    const backend = await scene.open();
    const { task } = await backend.store.tasks.submit(newTask(systemClock));
    const images = scriptedImageProvider();
    const processing = { ...NO_PROVIDERS, images, palettes: scriptedPaletteProvider() };
    await startWorker(backend, { processing, processors: undefined }).run({
      signal: AbortSignal.timeout(20_000),
      drain: true,
    });
    const events = await backend.store.events.list({ taskId: task.id });
    const { durations } = timesOf(events);
    const started = events.filter(({ type }) => type === 'stage.started').map(({ data }) => String(data['stage']));
    expect(durations.map(([stage]) => stage).toSorted()).toEqual(started.toSorted());
    expect(started).toContain('image-generation');
    for (const [, durationMs] of durations) expect(durationMs).toBeGreaterThanOrEqual(0);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.at(-1)).toMatchObject({ type: 'completed' });
  });
});
