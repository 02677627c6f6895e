import { describe, expect, it } from 'vitest';
import { parseHex } from '../../../src/imaging/colour/hex.ts';
import type { Raster } from '../../../src/imaging/raster.ts';
import { dominantColours } from '../../../src/imaging/recolour/dominant-colours.ts';
import { recolour } from '../../../src/imaging/recolour/recolour.ts';
import { badge, discs, drawn, flower, type Logo, PALETTES, psnr } from '../support/logos.ts';

const [SOURCE, ...TARGETS] = PALETTES as [readonly string[], ...(readonly string[])[]];

/** The pairing that the recolouring chose is its own affair: the truth is drawn with the colours found at flat spots. */
async function truthFor(logo: Logo, source: Raster, result: Raster): Promise<{ truth: Raster; chosen: string[] }> {
  const chosen = SOURCE.map((hex) => colourWhere(source, hex, result));
  return { truth: await drawn(logo(chosen)), chosen };
}

function colourWhere(source: Raster, hex: string, result: Raster): string {
  const [red, green, blue] = parseHex(hex);
  for (let index = 0; index < source.data.length; index += 3) {
    if (source.data[index] === red && source.data[index + 1] === green && source.data[index + 2] === blue) {
      return `#${Buffer.from(result.data.subarray(index, index + 3)).toString('hex')}`;
    }
  }
  throw new Error(`${hex} is not in the image`);
}

describe('recolour', () => {
  it.each([
    ['discs', discs],
    ['badge', badge],
    ['flower', flower],
  ])('redraws the logo "%s" as if it had been drawn in the new colours', async (_name, logo) => {
    const source = await drawn(logo(SOURCE));
    const results = recolour(source, TARGETS);
    const ratios: number[] = [];
    for (const [index, result] of results.entries()) {
      const { truth, chosen } = await truthFor(logo, source, result);
      expect(chosen.toSorted()).toEqual([...TARGETS[index]!].toSorted());
      ratios.push(psnr(result, truth));
    }
    expect(ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length).toBeGreaterThan(50);
  });

  it('gives the same bytes twice', async () => {
    const source = await drawn(discs(SOURCE));
    const again = recolour(source, TARGETS);
    expect(recolour(source, TARGETS).every((result, index) => sameBytes(result, again[index]!))).toBe(true);
  });

  it('gives a palette the same image alone as among nineteen others', async () => {
    const source = await drawn(badge(SOURCE));
    const palettes = Array.from({ length: 20 }, (_, index) => TARGETS[index % TARGETS.length]!);
    const results = recolour(source, palettes);
    expect(results).toHaveLength(20);
    expect(sameBytes(results[17]!, recolour(source, [palettes[17]!])[0]!)).toBe(true);
  });

  it('never touches alpha, and keeps what is transparent black', async () => {
    const { data, width, height } = await drawn(flower(SOURCE));
    const rgba = new Uint8Array(width * height * 4);
    for (let pixel = 0; pixel < width * height; pixel++) {
      const alpha = pixel % 251;
      rgba.set([...data.subarray(pixel * 3, pixel * 3 + 3), alpha], pixel * 4);
      if (alpha === 0) rgba.fill(0, pixel * 4, pixel * 4 + 3);
    }
    const [result] = recolour({ data: rgba, width, height, channels: 4 }, [TARGETS[0]!]);
    expect(result!.channels).toBe(4);
    for (let index = 0; index < rgba.length; index += 4) {
      if (result!.data[index + 3] !== rgba[index + 3]) throw new Error(`alpha changed at ${index}`);
      if (rgba[index + 3] === 0 && result!.data[index] !== 0) throw new Error(`colour under transparency at ${index}`);
    }
  });

  it('takes a palette of one colour: black and white stay, the rest are its shades', async () => {
    const source = await drawn(badge(['#ffffff', '#000000', '#d1495b', '#edae49', '#8ecae6']));
    const [result] = recolour(source, [['#2463eb']]);
    const colours = dominantColours(result!, 5).map(({ hex }) => hex);
    expect(colours).toContain('#2463eb');
    expect(colourWhere(source, '#ffffff', result!)).toBe('#ffffff');
    expect(colourWhere(source, '#000000', result!)).toBe('#000000');
    expect(new Set(colours).size).toBe(5);
  });

  it('takes twelve colours, repeated ones, and more than the image has', async () => {
    const source = await drawn(discs(['#ffffff', '#202020', '#202020', '#202020', '#ffffff']));
    const twelve = Array.from({ length: 12 }, (_, index) => `#${(index * 0x151515).toString(16).padStart(6, '0')}`);
    const [many, repeated] = recolour(source, [twelve, ['#123456', '#123456', '#fedcba']]);
    expect(twelve).toContain(colourWhere(source, '#ffffff', many!));
    expect(twelve).toContain(colourWhere(source, '#202020', many!));
    expect(colourWhere(source, '#ffffff', repeated!)).toBe('#fedcba');
    expect(colourWhere(source, '#202020', repeated!)).toBe('#123456');
  });

  it('pairs by order when asked to', async () => {
    const source = await drawn(badge(SOURCE));
    const order = dominantColours(source, 5).map(({ hex }) => hex);
    const [result] = recolour(source, [TARGETS[0]!], { assignment: 'order' });
    expect(order.map((hex) => colourWhere(source, hex, result!))).toEqual(TARGETS[0]);
  });

  it('cleans generator and JPEG noise off flat art', async () => {
    const { data, width, height } = await drawn(discs(SOURCE));
    const noisy = data.map((value, index) => Math.min(255, Math.max(0, value + ((index * 7919) % 7) - 3)));
    const [result] = recolour({ data: noisy, width, height, channels: 3 }, [TARGETS[1]!]);
    expect(
      dominantColours(result!, 5)
        .map(({ hex }) => hex)
        .toSorted(),
    ).toEqual([...TARGETS[1]!].toSorted());
  });

  it('keeps gradients smooth', () => {
    const [result] = recolour(gradient(), [TARGETS[1]!]);
    const steps = result!.data.map((value, index) => (index < 3 ? 0 : Math.abs(value - result!.data[index - 3]!)));
    expect(Math.max(...steps.subarray(0, 256 * 3))).toBeLessThanOrEqual(6);
  });

  it('refuses an empty palette', async () => {
    const source = await drawn(discs(SOURCE));
    expect(() => recolour(source, [[]])).toThrowError(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });
});

describe('dominantColours', () => {
  it('finds the colours of a logo exactly, none of them made by antialiasing', async () => {
    const colours = dominantColours(await drawn(discs(SOURCE)), 8);
    expect(colours.map(({ hex }) => hex).toSorted()).toEqual([...SOURCE].toSorted());
    expect(colours.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
    expect(colours[0]!.hex).toBe(SOURCE[0]);
  });
});

/** 256 x 64, from orange to blue. */
function gradient(): Raster {
  const [width, height] = [256, 64];
  const row = Array.from({ length: width }, (_, x) => [255 - x, 128, x]).flat();
  return { data: Uint8Array.from(Array.from({ length: height }, () => row).flat()), width, height, channels: 3 };
}

/** The comparison of the test library takes seconds for a million bytes. */
function sameBytes(first: Raster, second: Raster): boolean {
  return Buffer.from(first.data.buffer).equals(Buffer.from(second.data.buffer));
}
