import { cleanText } from '../core/clean-text.ts';
import type { Palette } from '../core/concept.ts';
import { ConceptError } from '../core/errors.ts';
import type { PaletteProvider, PaletteRequest } from '../ports/palette-provider.ts';
import type { StageOptions } from './stage.ts';

const HEX = /^#[0-9a-f]{6}$/;

/**
 * Has the provider make the palettes, and checks what it says; control characters are taken out of its texts.
 * @throws ConceptError PROVIDER_FAILED when the palettes are not what was asked for.
 */
export async function generatePalettes(
  request: PaletteRequest,
  { palettes: provider }: { readonly palettes: PaletteProvider },
  { signal }: StageOptions,
): Promise<readonly Palette[]> {
  const palettes = (await provider.generate(request, { signal })).map(clean);
  const problem = problemOf(palettes, request.count);
  if (problem === undefined) return palettes;
  throw new ConceptError('PROVIDER_FAILED', `${provider.name} ${problem}`);
}

function clean(palette: Palette): Palette {
  return { ...palette, name: oneLine(palette.name), description: oneLine(palette.description) };
}

function oneLine(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ');
}

function problemOf(palettes: readonly Palette[], count: number): string | undefined {
  if (palettes.length !== count) return `made ${palettes.length} palettes where ${count} were asked for`;
  if (palettes.some(({ name }) => name === '')) return 'gave a palette no name';
  if (new Set(palettes.map(({ name }) => name)).size !== count) return 'gave two palettes the same name';
  const odd = palettes.find(({ colors }) => colors.length === 0 || !colors.every((color) => HEX.test(color)));
  return odd && `made a palette without proper #rrggbb colours: ${JSON.stringify(odd.name)}`;
}
