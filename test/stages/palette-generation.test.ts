import { describe, expect, it } from 'vitest';
import type { Palette } from '../../src/core/concept.ts';
import { generatePalettes } from '../../src/stages/palette-generation.ts';
import { scriptedPaletteProvider } from '../../src/testing/scripted-palette-provider.ts';

const GOOD: Palette = { name: 'Night', colors: ['#102030', '#f0f0f0'], description: 'calm' };

function generate(palettes: readonly Palette[], count = palettes.length) {
  const request = { themeDescription: 'night', logoDescription: '', count, seed: 0 };
  const provider = scriptedPaletteProvider([{ palettes }]);
  return generatePalettes(request, { palettes: provider }, { signal: new AbortController().signal });
}

describe('palette generation', () => {
  it('passes proper palettes on as they are', async () => {
    expect(await generate([GOOD])).toEqual([GOOD]);
  });

  it('takes control characters and line breaks out of the texts', async () => {
    const [palette] = await generate([
      { ...GOOD, name: ' Ni\u001bght\nfile: x\u202e', description: 'a\u0007\tb\r\nc' },
    ]);
    expect(palette).toEqual({ ...GOOD, name: 'Night file: x', description: 'a b c' });
  });

  it.each<[string, readonly Palette[], number, RegExp]>([
    ['too few', [GOOD], 2, /made 1 palettes where 2/],
    ['no name', [{ ...GOOD, name: '' }], 1, /no name/],
    ['a name of control characters only', [{ ...GOOD, name: '\u0007\n' }], 1, /no name/],
    ['a name twice', [GOOD, { ...GOOD, name: 'Night\u0000' }], 2, /the same name/],
    ['no colours', [{ ...GOOD, colors: [] }], 1, /without proper/],
    ['odd colours', [{ ...GOOD, colors: ['red'] }], 1, /without proper/],
  ])('refuses %s', async (_title, palettes, count, problem) => {
    await expect(generate(palettes, count)).rejects.toMatchObject({
      code: 'PROVIDER_FAILED',
      message: expect.stringMatching(problem),
    });
  });
});
