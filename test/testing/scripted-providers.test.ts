import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { ConceptError } from '../../src/core/errors.ts';
import { scriptedImageProvider, scriptedPaletteProvider } from '../../src/testing/index.ts';

const REQUEST = { logoDescription: 'a panda', themeDescription: 'green', seed: 1 };
const PALETTE = { name: 'Stripes', colors: ['#ff0000', '#00ff00'], description: '' };

describe('scriptedImageProvider', () => {
  test('answers with real pictures, no two alike', async () => {
    const provider = scriptedImageProvider();
    const images = [await provider.generate(REQUEST), await provider.generate(REQUEST)];
    for (const { bytes, contentType } of images) {
      expect(contentType).toBe('image/png');
      expect(await sharp(bytes).metadata()).toMatchObject({ format: 'png', width: 64, height: 64, channels: 3 });
    }
    expect(images[0]!.bytes).not.toEqual(images[1]!.bytes);
  });

  test('follows its script in order and says when it is used up', async () => {
    const failure = new ConceptError('PROVIDER_FAILED', 'try again');
    const provider = scriptedImageProvider([{ error: failure }, { image: { warnings: ['odd'] }, delayMs: 5 }]);
    await expect(provider.generate(REQUEST)).rejects.toBe(failure);
    expect(await provider.generate(REQUEST)).toMatchObject({ warnings: ['odd'], scene: null });
    await expect(provider.generate(REQUEST)).rejects.toMatchObject({
      code: 'INTERNAL',
      message: expect.stringContaining('call 3'),
    });
    expect(provider.calls).toEqual(Array(3).fill({ method: 'generate', request: REQUEST }));
  });

  test('breaks off a slow answer when the signal aborts', async () => {
    const provider = scriptedImageProvider([{ image: {}, delayMs: 60_000 }]);
    const abort = new AbortController();
    const slow = provider.generate(REQUEST, { signal: abort.signal });
    abort.abort();
    await expect(slow).rejects.toMatchObject({ code: 'ABORTED' });
  });

  test('edits, and renders a palette when its flags say so', async () => {
    const provider = scriptedImageProvider(undefined, { name: 'fake', flags: { scenes: true } });
    expect(provider).toMatchObject({ name: 'fake', flags: { scenes: true, paid: false } });
    const image = { bytes: new Uint8Array(), contentType: 'image/png' };
    const edited = await provider.edit({ image, scene: null, prompt: 'warmer', seed: 1 });
    expect(edited).toMatchObject({ applied: ['scripted'], ignored: [] });
    const scene = { archetype: 'badge', hero: { label: 'panda' }, second: null, palette: PALETTE };
    const { data } = await sharp(await provider.render(scene, PALETTE))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([...data.subarray(0, 3)]).toEqual([255, 0, 0]);
    expect([...data.subarray(63 * 3, 64 * 3)]).toEqual([0, 255, 0]);
    expect(provider.calls.map(({ method }) => method)).toEqual(['edit', 'render']);
  });
});

describe('scriptedPaletteProvider', () => {
  const request = { themeDescription: 'green', logoDescription: '', count: 20, seed: 1 };

  test('gives as many unlike palettes as asked for, apart from those to avoid', async () => {
    const provider = scriptedPaletteProvider();
    const first = await provider.generate(request);
    const second = await provider.generate({ ...request, avoid: first });
    const all = [...first, ...second];
    expect(new Set(all.map(({ name }) => name)).size).toBe(40);
    expect(new Set(all.map(({ colors }) => colors.join())).size).toBe(40);
    for (const { colors } of all) expect(colors.join()).toMatch(/^#[0-9a-f]{6}(,#[0-9a-f]{6})+$/);
  });

  test('follows its script', async () => {
    const failure = new ConceptError('PROVIDER_REFUSED', 'no');
    const provider = scriptedPaletteProvider([{ error: failure }, { palettes: [PALETTE] }, {}]);
    await expect(provider.generate(request)).rejects.toBe(failure);
    expect(await provider.generate(request)).toEqual([PALETTE]);
    expect(await provider.generate(request)).toHaveLength(20);
    expect(provider.calls).toHaveLength(3);
  });

  test('is free unless its flags say otherwise', () => {
    expect(scriptedPaletteProvider()).toMatchObject({ name: 'scripted', flags: { paid: false } });
    const paid = scriptedPaletteProvider(undefined, { name: 'dear', flags: { paid: true } });
    expect(paid).toMatchObject({ name: 'dear', flags: { paid: true } });
  });
});
