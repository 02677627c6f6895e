import { describe, expect, it } from 'vitest';
import { editRaster } from '../../../../../src/adapters/images/builtin/raster-edit/edit-raster.ts';
import { splitClauses } from '../../../../../src/adapters/images/builtin/raster-edit/split-clauses.ts';
import { oklchOfHex } from '../../../../../src/imaging/colour/oklab.ts';
import type { Raster } from '../../../../../src/imaging/raster.ts';
import { dominantColours } from '../../../../../src/imaging/recolour/dominant-colours.ts';

const WHITE = [255, 255, 255] as const;
const RED = [214, 40, 60] as const;
const BLACK = [20, 20, 20] as const;

/** White page, red block, black bar. */
function mark(): Raster {
  const [width, height] = [96, 96];
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = x > 20 && x < 76;
      const colour = inside && y > 20 && y < 56 ? RED : inside && y > 64 && y < 76 ? BLACK : WHITE;
      data.set(colour, (y * width + x) * 3);
    }
  }
  return { data, width, height, channels: 3 };
}

const at = ({ data, width }: Raster, x: number, y: number): string =>
  `#${Buffer.from(data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)).toString('hex')}`;
const page = (raster: Raster): string => at(raster, 2, 2);
const block = (raster: Raster): string => at(raster, 40, 40);
const bar = (raster: Raster): string => at(raster, 40, 70);
const lightnessOf = (raster: Raster): number =>
  dominantColours(raster, 5).reduce((sum, { hex, share }) => sum + share * oklchOfHex(hex).l, 0);

describe('splitClauses', () => {
  it.each([
    ['make it blue and gold', ['make it blue and gold']],
    ['Use blue, gold and white; add a hat', ['Use blue, gold and white', 'add a hat']],
    ['darker, more contrast', ['darker', 'more contrast']],
    ['replace red with teal and make the background navy', ['replace red with teal', 'make the background navy']],
    ['make it black and white', ['make it black and white']],
    ['warmer but less saturated.', ['warmer', 'less saturated']],
    ['#fff background then sandy', ['#fff background', 'sandy']],
    ['', []],
  ])('%s', (prompt, clauses) => {
    expect(splitClauses(prompt)).toEqual(clauses);
  });
});

describe('editRaster', () => {
  it('makes it blue: the colourful part, not the page or the type', () => {
    const { raster, applied, ignored } = editRaster(mark(), 'make it blue');
    expect([page(raster), block(raster), bar(raster)]).toEqual(['#ffffff', '#2463eb', '#141414']);
    expect({ applied, ignored }).toEqual({ applied: ['make it blue'], ignored: [] });
  });

  it('takes two colours', () => {
    const { raster } = editRaster(mark(), 'navy and gold');
    expect([page(raster), block(raster), bar(raster)]).toEqual(['#ffffff', '#d4a017', '#14213d']);
  });

  it('replaces one colour and leaves the rest', () => {
    const { raster } = editRaster(mark(), 'replace the red with teal');
    expect([page(raster), block(raster), bar(raster)]).toEqual(['#ffffff', '#008080', '#141414']);
    expect(block(editRaster(mark(), 'use #123456 instead of red').raster)).toBe('#123456');
  });

  it('changes the background', () => {
    const { raster } = editRaster(mark(), 'on a navy background');
    expect([page(raster), block(raster)]).toEqual(['#14213d', '#d6283c']);
  });

  it('adjusts lightness, contrast, temperature and chroma in the direction asked for', () => {
    const original = oklchOfHex(block(mark()));
    const after = (prompt: string): ReturnType<typeof oklchOfHex> =>
      oklchOfHex(block(editRaster(mark(), prompt).raster));
    expect(after('lighter').l).toBeGreaterThan(original.l + 0.05);
    expect(after('make it a bit darker').l).toBeLessThan(original.l - 0.03);
    expect(after('much darker').l).toBeLessThan(after('slightly darker').l - 0.05);
    expect(after('muted colors').c).toBeLessThan(original.c * 0.8);
    expect(after('pastel').l).toBeGreaterThan(original.l + 0.05);
    expect(after('less saturated').c).toBeLessThan(original.c * 0.8);
    expect(after('greyscale').c).toBeLessThan(0.01);
    expect(after('black and white').c).toBeLessThan(0.01);
    expect(after('sepia').h).toBeCloseTo(75, -1);
    expect(after('warmer').h).not.toBeCloseTo(original.h, 0);
  });

  it('turns light into dark, and says so when it already is', () => {
    const dark = editRaster(mark(), 'dark mode');
    expect(lightnessOf(dark.raster)).toBeLessThan(0.4);
    expect(() => editRaster(dark.raster, 'dark mode')).toThrowError(
      expect.objectContaining({ code: 'UNSUPPORTED_EDIT' }),
    );
    expect(lightnessOf(editRaster(dark.raster, 'light version').raster)).toBeGreaterThan(0.7);
  });

  it('reports verbatim what it cannot do, and never half applies it', () => {
    const { applied, ignored } = editRaster(mark(), 'Add a red hat, make it Darker; replace green with pink');
    expect(applied).toEqual(['make it Darker']);
    expect(ignored).toEqual(['Add a red hat', 'replace green with pink']);
  });

  it('fails when nothing can be done, and says what could be', () => {
    expect(() => editRaster(mark(), 'add sunglasses')).toThrowError(
      expect.objectContaining({ code: 'UNSUPPORTED_EDIT', hint: expect.stringContaining('replace red with teal') }),
    );
  });

  it('keeps alpha and gives the same bytes twice', () => {
    const { data, width, height } = mark();
    const rgba = new Uint8Array(width * height * 4);
    for (let pixel = 0; pixel < width * height; pixel++) {
      rgba.set([...data.subarray(pixel * 3, pixel * 3 + 3), pixel % 256], pixel * 4);
    }
    const source: Raster = { data: rgba, width, height, channels: 4 };
    const prompt = 'make it teal, warmer, more contrast';
    const { raster } = editRaster(source, prompt);
    expect(raster.data.filter((_, index) => index % 4 === 3)).toEqual(rgba.filter((_, index) => index % 4 === 3));
    expect(editRaster(source, prompt).raster.data).toEqual(raster.data);
  });
});
