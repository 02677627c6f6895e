import { builtinImageProvider, builtinPaletteProvider } from '../../../../src/adapters/images/builtin/index.ts';
import { openLibrary, type Library } from '../../../../src/adapters/images/builtin/assets/library.ts';
import { renderSvg } from '../../../../src/adapters/images/builtin/draw/render-svg.ts';
import { rolesOf } from '../../../../src/adapters/images/builtin/palette/derive-roles.ts';
import { generatePalettes } from '../../../../src/adapters/images/builtin/palette/generate-palettes.ts';
import type { BuiltinScene } from '../../../../src/adapters/images/builtin/scene/builtin-scene.ts';
import { planScene } from '../../../../src/adapters/images/builtin/scene/plan-scene.ts';
import type { Palette } from '../../../../src/core/concept.ts';

export const images = builtinImageProvider();
export const palettes = builtinPaletteProvider();
export const library: Library = openLibrary();

/** The scene that `generate` plans, without drawing it. */
export function plan(
  logo: string,
  theme = 'calm teal and sand',
  seed = 0,
): { scene: BuiltinScene; warnings: readonly string[] } {
  const [palette] = generatePalettes({ theme, logo, count: 1, seed, avoid: [] }, library) as [Palette];
  return planScene({ logo, theme, seed, palette }, library);
}

export const svgOf = (scene: BuiltinScene): string => renderSvg(scene, rolesOf(scene.palette), library);
