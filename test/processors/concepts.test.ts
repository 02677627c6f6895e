import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { ConceptError } from '../../src/core/errors.ts';
import { scriptedImageProvider, scriptedPaletteProvider } from '../../src/testing/index.ts';
import { until, workshop } from '../worker/support.ts';

const generation = { type: 'generation', logoDescription: 'a fox', themeDescription: 'night', numPalettes: 3 } as const;

/** Two flat colours: something to recolour. */
const logo = () =>
  sharp({ create: { width: 64, height: 48, channels: 3, background: '#ffffff' } })
    .composite([{ input: { create: { width: 30, height: 20, channels: 3, background: '#aa2200' } } }])
    .jpeg()
    .toBuffer();

describe('generation', () => {
  it('makes a concept: the base image and one variation per palette, all stored', async () => {
    const { client, blobs, work } = workshop();
    const task = await client.tasks.submit(generation);
    await work();
    const { concept } = await client.tasks.wait(task);
    expect(concept).toMatchObject({ id: task.id, taskId: task.id, logoDescription: 'a fox', refinement: null });
    expect(concept.variations).toHaveLength(3);
    for (const { path, bytes, width, height } of [concept.image, ...concept.variations.map(({ image }) => image)]) {
      expect(path).toMatch(new RegExp(`^local/${task.id}/(variations/)?[0-9a-f]{16}\\.png$`));
      const stored = await blobs.get(path);
      expect(stored.byteLength).toBe(bytes);
      expect(await sharp(stored).metadata()).toMatchObject({ width, height, format: 'png' });
    }
    expect(new Set(concept.variations.map(({ image }) => image.sha256)).size).toBe(3);
  });

  it('records each stage with its duration, and the storing of the base image beside the palettes', async () => {
    const { client, store, work } = workshop();
    const task = await client.tasks.submit(generation);
    await work();
    const events = await store.events.list({ taskId: task.id });
    const completed = events.filter(({ type }) => type === 'stage.completed');
    expect(completed.map(({ data }) => String(data['stage'])).toSorted((a, b) => a.localeCompare(b))).toEqual([
      'concept-storage',
      'image-generation',
      'image-preparation',
      'image-storage',
      'palette-generation',
      'variation-creation',
    ]);
    for (const { data } of completed) expect(data['durationMs']).toBeGreaterThanOrEqual(0);
    const order = events.map(({ type, data }) => `${type} ${String(data['stage'])}`);
    const bothStarted = Math.max(
      order.indexOf('stage.started image-storage'),
      order.indexOf('stage.started palette-generation'),
    );
    const firstDone = Math.min(
      order.indexOf('stage.completed image-storage'),
      order.indexOf('stage.completed palette-generation'),
    );
    expect(bothStarted).toBeLessThan(firstDone);
  });

  it('resumes after its checkpoints: the base image and the palettes are not made again', async () => {
    let failures = 1;
    const images = scriptedImageProvider([{ image: {} }]);
    const palettes = scriptedPaletteProvider();
    const { client, work } = workshop({
      images,
      palettes,
      wrapBlobs: (blobs) => {
        let puts = 0;
        return {
          ...blobs,
          put: (path, bytes, options) => {
            puts++;
            // The base image goes through, the first variation does not.
            if (puts === 2 && failures-- > 0) return Promise.reject(new ConceptError('STORAGE_FULL', 'no space left'));
            return blobs.put(path, bytes, options);
          },
        };
      },
    });
    const task = await client.tasks.submit(generation);
    expect(await work()).toMatchObject({ rescheduled: 1, completed: 1 });
    expect((await client.tasks.wait(task)).concept.variations).toHaveLength(3);
    expect(images.calls.filter(({ method }) => method === 'generate')).toHaveLength(1);
    expect(palettes.calls).toHaveLength(1);
  });

  it('lets the base image be stored when the palettes fail beside it, and fails with the first error', async () => {
    const order: string[] = [];
    const palettes = scriptedPaletteProvider([{ error: new ConceptError('PROVIDER_REFUSED', 'no palettes') }]);
    const { client, work } = workshop({
      palettes,
      wrapBlobs: (blobs) => ({
        ...blobs,
        put: async (path, bytes, options) => {
          await until(() => palettes.calls.length > 0);
          await new Promise((resolve) => setTimeout(resolve, 20));
          const stored = await blobs.put(path, bytes, options);
          order.push('base image stored');
          return stored;
        },
      }),
    });
    const task = await client.tasks.submit(generation);
    await work();
    order.push('task settled');
    expect(order).toEqual(['base image stored', 'task settled']);
    await expect(client.tasks.wait(task)).rejects.toMatchObject({
      code: 'PROVIDER_REFUSED',
      stage: 'palette-generation',
    });
  });

  it('takes the user’s own picture instead of the provider’s, upright and without metadata', async () => {
    const images = scriptedImageProvider([]);
    const { client, blobs, work } = workshop({ images });
    const bytes = await sharp(await logo())
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const task = await client.tasks.submit({
      type: 'generation',
      themeDescription: 'sea',
      numPalettes: 2,
      image: { bytes },
    });
    await work();
    const { concept } = await client.tasks.wait(task);
    expect(images.calls).toEqual([]);
    expect(concept.image).toMatchObject({ width: 48, height: 64, contentType: 'image/png' });
    const metadata = await sharp(await blobs.get(concept.image.path)).metadata();
    expect(metadata.exif).toBeUndefined();
    expect(concept.variations).toHaveLength(2);
  });

  it('refuses palettes that are not what was asked for', async () => {
    const twice = { name: 'Same', colors: ['#000000', '#ffffff'], description: 'twice' };
    const palettes = {
      name: 'sloppy',
      flags: { paid: false },
      generate: () => Promise.resolve([twice, twice, twice]),
    };
    const { client, work } = workshop({ palettes });
    const task = await client.tasks.submit({ ...generation, maxAttempts: 1 });
    await work();
    await expect(client.tasks.wait(task)).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      message: expect.stringContaining('sloppy gave two palettes the same name'),
    });
  });
});

describe('refinement', () => {
  it('makes a new concept that is linked to its parent, whose descriptions it inherits', async () => {
    const { client, work, images } = workshop();
    const parent = await client.tasks.submit(generation);
    await work();
    const task = await client.tasks.submit({
      type: 'refinement',
      original: { conceptId: parent.id },
      refinementPrompt: 'make it bluer',
    });
    await work();
    const { concept } = await client.tasks.wait(task);
    expect(concept.id).not.toBe(parent.id);
    expect(concept).toMatchObject({
      logoDescription: 'a fox',
      themeDescription: 'night',
      refinement: {
        prompt: 'make it bluer',
        parentConceptId: parent.id,
        originalImageUrl: null,
        applied: ['scripted'],
      },
    });
    expect(concept.variations).toHaveLength(4);
    const scripted = images as ReturnType<typeof scriptedImageProvider>;
    expect(scripted.calls.at(-1)).toMatchObject({ method: 'edit', request: { prompt: 'make it bluer' } });
  });

  it('keeps an uploaded original beside the result', async () => {
    const { client, blobs, work } = workshop();
    const task = await client.tasks.submit({
      type: 'refinement',
      original: { bytes: await logo() },
      refinementPrompt: 'bluer',
    });
    await work();
    const { refinement } = (await client.tasks.wait(task)).concept;
    expect(refinement).toMatchObject({ parentConceptId: null, applied: ['scripted'] });
    expect(refinement!.originalImagePath).toMatch(new RegExp(`^local/${task.id}/`));
    expect(await sharp(await blobs.get(refinement!.originalImagePath)).metadata()).toMatchObject({ format: 'png' });
  });

  it('does not reach another user’s concept', async () => {
    const { client, work } = workshop();
    const parent = await client.tasks.submit(generation);
    await work();
    const submission = {
      type: 'refinement',
      userId: 'mallory',
      original: { conceptId: parent.id },
      refinementPrompt: 'mine now',
    } as const;
    await expect(client.tasks.submit(submission)).rejects.toMatchObject({ code: 'CONCEPT_NOT_FOUND' });
  });
});
