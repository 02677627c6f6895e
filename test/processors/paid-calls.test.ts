import { describe, expect, it } from 'vitest';
import { ConceptError } from '../../src/core/errors.ts';
import { INTENT_PREFIX } from '../../src/core/checkpoint-intent.ts';
import type { TaskLeases } from '../../src/ports/task-leases.ts';
import { scriptedImageProvider, scriptedPaletteProvider } from '../../src/testing/index.ts';
import { failingPuts, TASK_ID, taskBench } from './support.ts';

const PAID = { name: 'dear', flags: { paid: true } };
const full = () => new ConceptError('STORAGE_FULL', 'no space left');

/** Notes every checkpoint as it is written: the stage, and the state of an intent. */
function noting(notes: string[]): (leases: TaskLeases) => TaskLeases {
  return (leases) => ({
    ...leases,
    checkpoint: async (request, options) => {
      const { stage, data } = request.checkpoint;
      await leases.checkpoint(request, options);
      notes.push(stage.startsWith(INTENT_PREFIX) ? `${stage} ${(data as { state: string }).state}` : stage);
    },
  });
}

describe('a call that is paid for', () => {
  it('is announced before, and its output kept after it, before the next stage begins', async () => {
    const notes: string[] = [];
    const provider = scriptedImageProvider(undefined, PAID);
    const images = {
      ...provider,
      generate: (...call: Parameters<typeof provider.generate>) => {
        notes.push('call');
        return provider.generate(...call);
      },
    };
    const bench = await taskBench({
      wrapLeases: (leases) => ({
        ...noting(notes)(leases),
        record: (request, options) => {
          notes.push(...request.events.map(({ type, data }) => `${type} ${String(data['stage'])}`));
          return leases.record(request, options);
        },
      }),
      wrapBlobs: failingPuts(() => void notes.push('put')),
      dependencies: { images },
    });
    expect(await bench.attempt()).toMatchObject({ outcome: 'completed' });
    const important = notes.filter((note) => !note.startsWith('stage.'));
    expect(important.slice(0, 4)).toEqual(['intent:image-generation open', 'call', 'put', 'image-generation']);
    // The next stage tells of its start later than it starts, but never ahead of what was bought.
    expect(notes.indexOf('stage.started image-preparation')).toBeGreaterThan(notes.indexOf('image-generation'));
  });

  it('is not made again when it was cut off before its output was kept: the outcome is unknown', async () => {
    const stop = new AbortController();
    const images = scriptedImageProvider(undefined, PAID);
    const bench = await taskBench({
      dependencies: { images },
      wrapBlobs: failingPuts((count) => {
        if (count > 1) return undefined;
        stop.abort();
        return new ConceptError('ABORTED', 'killed');
      }),
    });
    expect(await bench.attempt(stop.signal)).toMatchObject({ outcome: 'released' });
    expect(await bench.attempt()).toMatchObject({
      outcome: 'failed',
      error: {
        code: 'PROVIDER_OUTCOME_UNKNOWN',
        retryable: false,
        stage: 'image-generation',
        message: expect.stringMatching(/dear.*image-generation/),
        hint: `\`concept retry ${TASK_ID}\` buys it again`,
      },
    });
    expect(images.calls).toHaveLength(1);
  });

  it.each<[string, unknown]>([
    ['took too long', new ConceptError('TIMEOUT', 'no answer within 60 s')],
    ['broke off', new Error('socket hang up')],
  ])('is not made again when it %s', async (_what, error) => {
    const images = scriptedImageProvider([{ error }, { image: {} }], PAID);
    const bench = await taskBench({ dependencies: { images } });
    expect(await bench.attempt()).toMatchObject({ outcome: 'rescheduled' });
    expect(await bench.attempt()).toMatchObject({ outcome: 'failed', error: { code: 'PROVIDER_OUTCOME_UNKNOWN' } });
    expect(images.calls).toHaveLength(1);
  });

  it('is made again after the provider answered with an error', async () => {
    const notes: string[] = [];
    const error = new ConceptError('PROVIDER_FAILED', 'overloaded');
    const images = scriptedImageProvider([{ error }, { image: {} }], PAID);
    const bench = await taskBench({ dependencies: { images }, wrapLeases: noting(notes) });
    expect(await bench.attempt()).toMatchObject({ outcome: 'rescheduled', error: { code: 'PROVIDER_FAILED' } });
    expect(notes).toEqual(['intent:image-generation open', 'intent:image-generation closed']);
    expect(await bench.attempt()).toMatchObject({ outcome: 'completed' });
    expect(images.calls).toHaveLength(2);
  });

  it('is not made when its announcement cannot be written', async () => {
    const images = scriptedImageProvider(undefined, PAID);
    const bench = await taskBench({
      dependencies: { images },
      wrapLeases: (leases) => ({
        ...leases,
        checkpoint: () => Promise.reject(new ConceptError('STORE_UNAVAILABLE', 'the store is away')),
      }),
    });
    expect(await bench.attempt()).toMatchObject({
      outcome: 'rescheduled',
      error: { code: 'STORE_UNAVAILABLE', stage: 'image-generation' },
    });
    expect(images.calls).toEqual([]);
  });

  it('can be made later when the attempt was stopped between the announcement and the call', async () => {
    const stop = new AbortController();
    const images = scriptedImageProvider(undefined, PAID);
    const bench = await taskBench({
      dependencies: { images },
      wrapLeases: (leases) => ({
        ...leases,
        checkpoint: async (request) => {
          await leases.checkpoint(request);
          stop.abort();
        },
      }),
    });
    expect(await bench.attempt(stop.signal)).toMatchObject({ outcome: 'released' });
    expect(images.calls).toEqual([]);
    expect(await bench.attempt()).toMatchObject({ outcome: 'completed' });
  });

  it('is kept also when the attempt is stopped while the provider answers', async () => {
    const stop = new AbortController();
    const provider = scriptedImageProvider(undefined, PAID);
    const images = {
      ...provider,
      generate: async (request: Parameters<typeof provider.generate>[0]) => {
        const image = await provider.generate(request);
        stop.abort();
        return image;
      },
    };
    const bench = await taskBench({ dependencies: { images } });
    expect(await bench.attempt(stop.signal)).toMatchObject({ outcome: 'released' });
    expect(await bench.attempt()).toMatchObject({ outcome: 'completed' });
    expect(provider.calls).toHaveLength(1);
  });

  it('is kept although the blob store is full for a moment', async () => {
    const images = scriptedImageProvider(undefined, PAID);
    const wrapBlobs = failingPuts((count) => (count === 1 ? full() : undefined));
    const bench = await taskBench({ dependencies: { images }, wrapBlobs });
    expect(await bench.attempt()).toMatchObject({ outcome: 'completed' });
    expect(images.calls).toHaveLength(1);
  });

  it('is not repeated because a later stage failed: its bytes are taken as they came', async () => {
    const images = scriptedImageProvider(undefined, PAID);
    // The second image that is stored is the normalised one.
    const wrapBlobs = failingPuts((count) => (count === 2 ? full() : undefined));
    const bench = await taskBench({ dependencies: { images }, wrapBlobs });
    expect(await bench.attempt()).toMatchObject({ outcome: 'rescheduled', error: { stage: 'image-storage' } });
    expect(await bench.attempt()).toMatchObject({ outcome: 'completed' });
    expect(images.calls).toHaveLength(1);
  });
});

describe('palettes that are paid for', () => {
  it('are finished and kept although the base image cannot be stored meanwhile', async () => {
    const palettes = scriptedPaletteProvider([{ delayMs: 50 }], PAID);
    const wrapBlobs = failingPuts((count) => (count === 1 ? full() : undefined));
    const bench = await taskBench({ dependencies: { palettes }, wrapBlobs });
    expect(await bench.attempt()).toMatchObject({ outcome: 'rescheduled', error: { stage: 'image-storage' } });
    expect(await bench.attempt()).toMatchObject({ outcome: 'completed' });
    expect(palettes.calls).toHaveLength(1);
  });

  it('are not bought twice when the first time was cut off', async () => {
    const stop = new AbortController();
    const palettes = scriptedPaletteProvider([{ delayMs: 60_000 }], PAID);
    const bench = await taskBench({ dependencies: { palettes } });
    const running = bench.attempt(stop.signal);
    while (palettes.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
    expect(await running).toMatchObject({ outcome: 'released' });
    expect(await bench.attempt()).toMatchObject({
      outcome: 'failed',
      error: { code: 'PROVIDER_OUTCOME_UNKNOWN', stage: 'palette-generation' },
    });
    expect(palettes.calls).toHaveLength(1);
  });
});

describe('a provider that is free', () => {
  it('is called without an announcement, and nothing is kept of it when there is a result at once', async () => {
    const notes: string[] = [];
    const bench = await taskBench({ wrapLeases: noting(notes) });
    expect(await bench.attempt()).toMatchObject({ outcome: 'completed' });
    expect(notes).toEqual([]);
  });
});
