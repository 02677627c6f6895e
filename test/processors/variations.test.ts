import { describe, expect, it } from 'vitest';
import type { Scene } from '../../src/core/concept.ts';
import { ConceptError } from '../../src/core/errors.ts';
import type { ImageProvider } from '../../src/ports/image-provider.ts';
import { scriptedImageProvider, type ScriptedImageProvider } from '../../src/testing/index.ts';
import { failingPuts, taskBench } from './support.ts';

const SEVEN = { logoDescription: 'a fox', themeDescription: 'night', numPalettes: 7 };
const SCENE: Scene = {
  archetype: 'badge',
  hero: { label: 'fox' },
  second: null,
  palette: { name: 'First', colors: ['#102030'], description: '' },
};
const hiccup = () => new ConceptError('PROVIDER_FAILED', 'the renderer hiccupped', { retryAfterMs: 90_000 });

/** Draws scenes; the renders of which `failureOf` gives a failure (palette name, attempt-wide count) fail. */
function sceneImages(failureOf: (palette: string, count: number) => unknown) {
  const provider: ScriptedImageProvider = scriptedImageProvider([{ image: { scene: SCENE } }], {
    flags: { scenes: true },
  });
  const rendered: string[] = [];
  const images: ImageProvider = {
    ...provider,
    render: async (scene, palette, options) => {
      rendered.push(palette.name);
      const failure = failureOf(palette.name, rendered.length);
      if (failure !== undefined) throw failure;
      return provider.render(scene, palette, options);
    },
  };
  return { images, rendered, calls: provider.calls };
}

describe('variations that fail to be drawn', () => {
  it('are the only ones that the next attempt draws', async () => {
    const failing = new Set(['Scripted 3', 'Scripted 6']);
    const { images, rendered, calls } = sceneImages((name, count) =>
      failing.has(name) && count <= 7 ? hiccup() : undefined,
    );
    const bench = await taskBench({ input: SEVEN, dependencies: { images } });

    expect(await bench.attempt()).toMatchObject({
      outcome: 'rescheduled',
      error: {
        code: 'PROVIDER_FAILED',
        stage: 'variation-creation',
        message: 'the renderer hiccupped (5 of 7 variations are done)',
      },
    });
    expect(rendered).toHaveLength(7);
    const { runAt } = await bench.task();
    expect(Date.parse(runAt)).toBeGreaterThanOrEqual(bench.clock.now() + 90_000);

    rendered.length = 0;
    failing.clear();
    expect(await bench.attempt()).toMatchObject({ outcome: 'completed' });
    expect(rendered).toEqual(['Scripted 3', 'Scripted 6']);
    expect(calls.filter(({ method }) => method === 'generate')).toHaveLength(1);
    expect(bench.palettes.calls).toHaveLength(1);
    const { variations, warnings } = await bench.concept();
    expect(variations.map(({ palette }) => palette.name)).toEqual([1, 2, 3, 4, 5, 6, 7].map((n) => `Scripted ${n}`));
    expect(new Set(variations.map(({ image }) => image.path)).size).toBe(7);
    expect(warnings).toEqual([]);
  });

  it('are given up on the last attempt: the concept is partial, with a warning for each', async () => {
    const { images } = sceneImages((name) => (name === 'Scripted 2' ? hiccup() : undefined));
    const bench = await taskBench({ dependencies: { images }, maxAttempts: 2 });
    expect(await bench.attempt()).toMatchObject({ outcome: 'rescheduled' });
    expect(await bench.attempt()).toMatchObject({ outcome: 'partial' });
    expect(await bench.task()).toMatchObject({ status: 'completed', partial: true });
    const { variations, warnings } = await bench.concept();
    expect(variations.map(({ palette }) => palette.name)).toEqual(['Scripted 1', 'Scripted 3']);
    expect(warnings).toEqual(['variation "Scripted 2" is missing: the renderer hiccupped']);
  });

  it('are given up at once when no attempt will mend them', async () => {
    const refusal = new ConceptError('PROVIDER_REFUSED', 'not this one');
    const { images } = sceneImages((name) => (name === 'Scripted 1' ? refusal : undefined));
    const bench = await taskBench({ dependencies: { images } });
    expect(await bench.attempt()).toMatchObject({ outcome: 'partial' });
    expect((await bench.concept()).warnings).toEqual(['variation "Scripted 1" is missing: not this one']);
  });

  it.each<[string, object, number | undefined]>([
    ['the task', { minVariations: 3 }, undefined],
    ['the deployment', {}, 3],
    ['the task, whatever the deployment says', { minVariations: 3 }, 0],
  ])('fail the task when fewer are left than %s asks for', async (_who, wish, minVariations) => {
    const { images } = sceneImages((name) => (name === 'Scripted 2' ? hiccup() : undefined));
    const input = { logoDescription: 'a fox', themeDescription: 'night', numPalettes: 3, ...wish };
    const bench = await taskBench({ input, dependencies: { images, minVariations }, maxAttempts: 1 });
    expect(await bench.attempt()).toMatchObject({
      outcome: 'failed',
      error: {
        code: 'PROVIDER_FAILED',
        stage: 'variation-creation',
        message: 'the renderer hiccupped (2 of 3 variations are done, at least 3 are needed)',
      },
    });
  });

  it('need one that is left by default, and none when the task says so', async () => {
    const all = () => sceneImages(() => hiccup()).images;
    const strict = await taskBench({ dependencies: { images: all() }, maxAttempts: 1 });
    expect(await strict.attempt()).toMatchObject({ outcome: 'failed', error: { code: 'PROVIDER_FAILED' } });
    const input = { logoDescription: 'a fox', themeDescription: 'night', numPalettes: 2, minVariations: 0 };
    const lenient = await taskBench({ input, dependencies: { images: all() }, maxAttempts: 1 });
    expect(await lenient.attempt()).toMatchObject({ outcome: 'partial' });
    expect(await lenient.concept()).toMatchObject({ variations: [], image: { contentType: 'image/png' } });
  });

  it('do not hide that the task was given back or taken away', async () => {
    const stop = new AbortController();
    const { images } = sceneImages((_name, count) => {
      if (count === 2) stop.abort();
      return undefined;
    });
    const bench = await taskBench({ dependencies: { images } });
    expect(await bench.attempt(stop.signal)).toMatchObject({ outcome: 'released' });
    expect(await bench.task()).toMatchObject({ status: 'pending', attempt: 0 });
  });
});

describe('the last attempt', () => {
  const limit = () => new ConceptError('TIMEOUT', 'the task took longer than its limit of 60 s');
  const full = () => new ConceptError('STORAGE_FULL', 'no space left');

  /** Its time is over when so many images are stored. */
  const bench = async (stored: number, input: object, maxAttempts = 1) => {
    const stop = new AbortController();
    const wrapBlobs = failingPuts((count) => {
      if (count <= stored) return undefined;
      stop.abort(limit());
      return limit();
    });
    return { ...(await taskBench({ input, maxAttempts, wrapBlobs })), stop };
  };

  it('completes as partial at its time limit with the variations that are stored by then', async () => {
    const { attempt, stop, task, concept } = await bench(5, SEVEN);
    expect(await attempt(stop.signal)).toEqual({ outcome: 'partial', error: null });
    expect(await task()).toMatchObject({ status: 'completed', partial: true, error: null });
    const { variations, warnings } = await concept();
    expect(variations).toHaveLength(4);
    expect(warnings).toHaveLength(3);
    expect(warnings[0]).toMatch(/^variation ".+" is missing: the task took longer/);
  });

  it('fails at its time limit when fewer are stored than are asked for', async () => {
    const { attempt, stop, concept } = await bench(5, { ...SEVEN, minVariations: 5 });
    expect(await attempt(stop.signal)).toMatchObject({ outcome: 'failed', error: { code: 'TIMEOUT' } });
    expect(await concept()).toBeUndefined();
  });

  it('alone ends so: at the limit of an earlier one the rest is left to the next', async () => {
    const { attempt, stop } = await bench(5, SEVEN, 2);
    expect(await attempt(stop.signal)).toMatchObject({ outcome: 'rescheduled', error: { code: 'TIMEOUT' } });
  });

  it('that cannot begin completes with what the ones before it stored', async () => {
    let isLost = false;
    const one = await taskBench({
      input: SEVEN,
      maxAttempts: 2,
      wrapBlobs: (blobs) => ({
        ...failingPuts((count) => (count > 5 ? full() : undefined))(blobs),
        get: (path, options) => {
          if (isLost) return Promise.reject(new ConceptError('STORE_UNAVAILABLE', 'the blobs are away'));
          return blobs.get(path, options);
        },
      }),
    });
    expect(await one.attempt()).toMatchObject({ outcome: 'rescheduled', error: { code: 'STORAGE_FULL' } });
    isLost = true;
    expect(await one.attempt()).toEqual({ outcome: 'partial', error: null });
    expect((await one.concept()).variations).toHaveLength(4);
  });
});

describe('a closing run', () => {
  it('calls no provider and reads no image: it completes with what is kept', async () => {
    let isDead = false;
    const one = await taskBench({
      input: SEVEN,
      maxAttempts: 1,
      wrapBlobs: failingPuts((count) => {
        isDead = count > 5;
        return isDead ? new ConceptError('LEASE_LOST', 'killed') : undefined;
      }),
    });
    expect(await one.attempt()).toMatchObject({ outcome: 'lost' });
    await one.store.workers.retire('w1');
    expect(await one.store.leases.sweep()).toEqual({ returned: 1, failed: 0 });
    await one.store.workers.register({ id: 'w1b', kind: 'worker', host: 'h', pid: 1, types: null }, 1e9);
    const calls = one.images.calls.length + one.palettes.calls.length;
    expect(await one.attempt(undefined, 'w1b')).toEqual({ outcome: 'partial', error: null });
    expect(one.images.calls.length + one.palettes.calls.length).toBe(calls);
    expect(await one.task()).toMatchObject({ status: 'completed', partial: true, attempt: 2, maxAttempts: 1 });
    expect((await one.concept()).variations).toHaveLength(4);
  });
});

describe('variations of pixels', () => {
  it('that fail to be stored are the only ones that the next attempt recolours and stores', async () => {
    const full = new ConceptError('STORAGE_FULL', 'no space left');
    let puts = 0;
    // The base image is the first; of the seven variations two find no space.
    const wrapBlobs = failingPuts((count) => ((puts = count), count === 3 || count === 8 ? full : undefined));
    const bench = await taskBench({ input: SEVEN, wrapBlobs });
    expect(await bench.attempt()).toMatchObject({
      outcome: 'rescheduled',
      error: { code: 'STORAGE_FULL', stage: 'concept-storage', message: expect.stringContaining('5 of 7') },
    });
    expect(await bench.attempt()).toMatchObject({ outcome: 'completed' });
    expect(puts).toBe(8 + 2);
    expect(bench.images.calls).toHaveLength(1);
    expect(bench.palettes.calls).toHaveLength(1);
    expect((await bench.concept()).variations).toHaveLength(7);
  });

  it('are none to make again when all were stored and the result alone was not recorded', async () => {
    let away = true;
    const bench = await taskBench({
      wrapLeases: (leases) => ({
        ...leases,
        complete: (request) => {
          if (away) return Promise.reject(new ConceptError('INTERNAL', 'the row is stuck'));
          return leases.complete(request);
        },
      }),
    });
    expect(await bench.attempt()).toMatchObject({ outcome: 'rescheduled' });
    const before = (await bench.events()).length;
    away = false;
    expect(await bench.attempt()).toMatchObject({ outcome: 'completed' });
    expect((await bench.events()).slice(before)).toEqual(['claimed undefined', 'completed undefined']);
    expect((await bench.concept()).variations).toHaveLength(3);
  });
});
