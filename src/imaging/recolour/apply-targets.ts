import type { Raster } from '../raster.ts';
import type { ColourAnalysis } from './analyse-colours.ts';
import type { Colour } from './centre.ts';
import { buildLookupTable, PALETTES_PER_TABLE } from './lookup-table.ts';
import { mapPixels } from './map-pixels.ts';

/** One image per set of target colours, `targets[image][centre]`; eight at a time share a pass over the pixels. */
export function applyTargets(
  raster: Raster,
  { centres, model }: ColourAnalysis,
  targets: ReadonlyArray<readonly Colour[]>,
): Raster[] {
  const rasters: Raster[] = [];
  for (let first = 0; first < targets.length; first += PALETTES_PER_TABLE) {
    const group = targets.slice(first, first + PALETTES_PER_TABLE);
    rasters.push(...mapPixels(raster, buildLookupTable(model, centres, group), group.length));
  }
  return rasters;
}
