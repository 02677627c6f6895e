import { describe, expect, it } from 'vitest';
import type { Raster } from '../../../src/imaging/raster.ts';
import { recolour, recolourInBatches } from '../../../src/imaging/recolour/recolour.ts';
import { badge, discs, drawn, PALETTES } from '../support/logos.ts';

const TEN = Array.from({ length: 10 }, (_, index) => PALETTES[index % PALETTES.length]!);

describe('recolourInBatches', () => {
  it.each([
    ['a flat logo', () => drawn(discs(PALETTES[0]!))],
    ['a picture of many colours', async () => texture(3)],
    ['one with transparency', async () => texture(4)],
  ])('gives the bytes of recolour() for %s, at most four images at a time', async (_title, make) => {
    const source = await make();
    const whole = recolour(source, TEN);
    const sizes: number[] = [];
    for await (const batch of recolourInBatches(source, TEN)) {
      const first = sizes.reduce((sum, size) => sum + size, 0);
      batch.forEach((image, index) => {
        expect(image).toMatchObject({ width: source.width, height: source.height, channels: source.channels });
        expect(Buffer.compare(image.data, whole[first + index]!.data)).toBe(0);
      });
      sizes.push(batch.length);
    }
    expect(sizes).toEqual([4, 4, 2]);
  });

  it('lets the event loop run all along', async () => {
    const source = texture(3);
    let rounds = 0;
    const count = (): void => {
      rounds++;
      timer = setImmediate(count);
    };
    let timer = setImmediate(count);
    const seen: number[] = [];
    for await (const batch of recolourInBatches(source, TEN)) seen.push(batch.length && rounds);
    clearImmediate(timer);
    expect(seen).toHaveLength(3);
    expect(seen[0]).toBeGreaterThan(1);
    expect(seen[1]).toBeGreaterThan(seen[0]!);
    expect(seen[2]).toBeGreaterThan(seen[1]!);
  });

  it('stops in the middle of its work when it is aborted', async () => {
    const controller = new AbortController();
    setImmediate(() => controller.abort());
    const batches = recolourInBatches(texture(3), TEN, { signal: controller.signal });
    await expect(batches.next()).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('stops between two batches when it is aborted', async () => {
    const controller = new AbortController();
    const batches = recolourInBatches(await drawn(badge(PALETTES[0]!)), TEN, { signal: controller.signal });
    await batches.next();
    controller.abort();
    await expect(batches.next()).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('refuses an empty palette', async () => {
    const batches = recolourInBatches(texture(3), [[]]);
    await expect(batches.next()).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

/** Waves and fine grain; of four channels, the last runs from transparent to opaque. */
function texture(channels: 3 | 4): Raster {
  const side = 600;
  const data = new Uint8Array(side * side * channels);
  for (let pixel = 0; pixel < side * side; pixel++) {
    const [x, y] = [pixel % side, Math.floor(pixel / side)];
    const grain = (pixel * 7919) % 11;
    data[pixel * channels] = 120 + 100 * Math.sin(x / 37) * Math.cos(y / 53) + grain;
    data[pixel * channels + 1] = (y / side) * 200 + grain;
    data[pixel * channels + 2] = 120 + 80 * Math.cos((x + y) / 71) + grain;
    if (channels === 4) data[pixel * channels + 3] = Math.min(255, x >> 1);
  }
  return { data, width: side, height: side, channels };
}
