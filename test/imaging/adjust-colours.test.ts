import { describe, expect, it } from 'vitest';
import { adjustColours, type ColourAdjustment } from '../../src/imaging/adjust-colours.ts';
import { oklchOfHex, type Oklch } from '../../src/imaging/colour/oklab.ts';
import { parseHex } from '../../src/imaging/colour/hex.ts';
import type { Raster } from '../../src/imaging/raster.ts';

const COLOURS = ['#000000', '#ffffff', '#808080', '#d1495b', '#3a86a8', '#95d5b2'];

function swatches(): Raster {
  return { data: Uint8Array.from(COLOURS.flatMap(parseHex)), width: COLOURS.length, height: 1, channels: 3 };
}

function adjusted(adjustment: ColourAdjustment): Record<string, Oklch> {
  const { data } = adjustColours(swatches(), adjustment);
  return Object.fromEntries(
    COLOURS.map((hex, index) => [
      hex,
      oklchOfHex(Buffer.from(data.subarray(index * 3, index * 3 + 3)).toString('hex')),
    ]),
  );
}

describe('adjustColours', () => {
  it('changes nothing by default, within a level', () => {
    const { data } = adjustColours(swatches(), {});
    data.forEach((value, index) => expect(Math.abs(value - swatches().data[index]!)).toBeLessThanOrEqual(1));
  });

  it('moves lightness without losing hue, and pins black and white for chroma changes', () => {
    const lighter = adjusted({ lightness: 0.3 });
    expect(lighter['#d1495b']!.l).toBeGreaterThan(oklchOfHex('#d1495b').l + 0.1);
    expect(Math.abs(lighter['#3a86a8']!.h - oklchOfHex('#3a86a8').h)).toBeLessThan(3);
    expect(adjusted({ lightness: -0.3 })['#ffffff']!.l).toBeCloseTo(0.7, 1);
    expect(adjusted({ temperature: 1 })['#ffffff']!.c).toBeLessThan(0.01);
  });

  it('inverts light and dark, keeping hues', () => {
    const inverted = adjusted({ invertLightness: true });
    expect(inverted['#000000']!.l).toBeGreaterThan(0.99);
    expect(inverted['#ffffff']!.l).toBeLessThan(0.01);
    expect(Math.abs(inverted['#95d5b2']!.h - oklchOfHex('#95d5b2').h)).toBeLessThan(4);
  });

  it('warms, cools, turns hues, greys and tints', () => {
    expect(adjusted({ temperature: 1 })['#808080']!.h).toBeLessThan(110);
    expect(adjusted({ temperature: -1 })['#808080']!.h).toBeGreaterThan(200);
    expect(adjusted({ hueShift: 40 })['#3a86a8']!.h).toBeCloseTo((oklchOfHex('#3a86a8').h + 40) % 360, -1);
    expect(adjusted({ chroma: 0 })['#d1495b']!.c).toBeLessThan(0.005);
    expect(adjusted({ tint: { hue: 75, chroma: 0.07 } })['#3a86a8']!.h).toBeCloseTo(75, -1);
  });

  it('spreads lightness with contrast', () => {
    const strong = adjusted({ contrast: 1.4 });
    expect(strong['#95d5b2']!.l - strong['#d1495b']!.l).toBeGreaterThan(
      oklchOfHex('#95d5b2').l - oklchOfHex('#d1495b').l,
    );
  });
});
