import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Palette } from '../../src/core/concept.ts';
import { recolour } from '../../src/imaging/recolour/recolour.ts';
import type { ImageProvider } from '../../src/ports/image-provider.ts';
import { createVariations } from '../../src/stages/variation-creation.ts';
import { scriptedImageProvider } from '../../src/testing/index.ts';
import { discs, drawn, PALETTES } from '../imaging/support/logos.ts';

const NINE = Array.from({ length: 9 }, (_, index) => paletteOf(index));

// Pixels are recoloured without asking the provider for anything.
const dependencies = { images: {} as ImageProvider };

describe('createVariations of pixels', () => {
  it('gives one image per palette, in their order, across batches', async () => {
    const raster = await drawn(discs(PALETTES[0]!));
    const { signal } = new AbortController();
    const created = await createVariations({ base: { kind: 'raster', raster }, palettes: NINE }, dependencies, {
      signal,
    });
    expect(created).toHaveLength(NINE.length);
    const wanted = recolour(
      raster,
      NINE.map(({ colors }) => colors),
    );
    for (const [index, outcome] of created.entries()) {
      const pixels = await sharp('value' in outcome ? outcome.value : undefined)
        .raw()
        .toBuffer();
      expect(Buffer.compare(pixels, wanted[index]!.data)).toBe(0);
    }
  });

  it('says how far it is after each batch', async () => {
    const raster = await drawn(discs(PALETTES[0]!));
    const shares: number[] = [];
    const options = { signal: new AbortController().signal, onProgress: (done: number) => shares.push(done) };
    await createVariations({ base: { kind: 'raster', raster }, palettes: NINE }, dependencies, options);
    expect(shares).toEqual([4 / 9, 8 / 9, 1]);
  });

  it('fails as a whole when the image cannot be recoloured', async () => {
    const raster = { ...(await drawn(discs(PALETTES[0]!))), data: undefined as unknown as Buffer };
    const { signal } = new AbortController();
    const creating = createVariations({ base: { kind: 'raster', raster }, palettes: NINE }, dependencies, { signal });
    await expect(creating).rejects.toThrow(TypeError);
  });

  it('stops when it is aborted', async () => {
    const raster = await drawn(discs(PALETTES[0]!));
    const controller = new AbortController();
    setImmediate(() => controller.abort());
    const creating = createVariations({ base: { kind: 'raster', raster }, palettes: NINE }, dependencies, controller);
    await expect(creating).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

describe('createVariations of a scene', () => {
  it('lets one that cannot be drawn leave the others alone', async () => {
    const provider = scriptedImageProvider([], { flags: { scenes: true } });
    const images: ImageProvider = {
      ...provider,
      render: (scene, palette, options) =>
        palette === NINE[4] ? Promise.reject(new Error('no ink')) : provider.render(scene, palette, options),
    };
    const scene = { archetype: 'badge', hero: { label: 'fox' }, second: null, palette: NINE[0]! };
    const { signal } = new AbortController();
    const created = await createVariations({ base: { kind: 'scene', scene }, palettes: NINE }, { images }, { signal });
    expect(created.map((outcome) => 'value' in outcome)).toEqual(NINE.map((_palette, index) => index !== 4));
    expect(created[4]).toMatchObject({ error: { message: 'no ink' } });
  });
});

/** Each another brightness of the same five colours, so that no two images are equal. */
function paletteOf(index: number): Palette {
  const colors = PALETTES[1]!.map((hex) => `${hex.slice(0, 6)}${index}`);
  return { name: `Palette ${index}`, colors, description: 'nine' };
}
