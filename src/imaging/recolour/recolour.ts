import type { Raster } from '../raster.ts';
import { analyseColours, FLAT_ART } from './analyse-colours.ts';
import { applyTargets } from './apply-targets.ts';
import { chooseTargets, MAX_PALETTE_COLOURS } from './choose-targets.ts';

export interface RecolourOptions {
  /**
   * How dominant colours and palette colours are paired. `match` (default) keeps light above dark; `order` gives the i-th
   * largest colour of the image the i-th colour of the palette.
   */
  readonly assignment?: 'match' | 'order' | undefined;
}

// An image has this many colours worth telling apart even when the palette is shorter: the rest become shades.
const LEAST_CENTRES = 5;

/**
 * Recolours an image once per palette (hex colours, 1..12 each; more are left out). Flat areas take palette colours exactly,
 * edges, shading and texture are carried over; alpha is untouched. Deterministic: equal input, equal bytes.
 */
export function recolour(
  raster: Raster,
  palettes: ReadonlyArray<readonly string[]>,
  options: RecolourOptions = {},
): Raster[] {
  const longest = Math.max(LEAST_CENTRES, ...palettes.map((palette) => palette.length));
  const analysis = analyseColours(raster, Math.min(MAX_PALETTE_COLOURS, longest));
  const targetOptions = { assignment: options.assignment ?? 'match', capStretch: analysis.flatShare < FLAT_ART };
  const targets = palettes.map((palette) => chooseTargets(analysis.centres, palette, targetOptions));
  return applyTargets(raster, analysis, targets);
}
