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
});
