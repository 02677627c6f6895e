import type { Raster } from '../raster.ts';
import type { SlicedWork } from '../sliced-work.ts';
import type { ColourAnalysis } from './analyse-colours.ts';
import type { Colour } from './centre.ts';
import { buildLookupTable } from './lookup-table.ts';
import { mapPixels } from './map-pixels.ts';

/** One image per set of target colours (1..4), `targets[image][centre]`; each is written to a plane, see mapPixels(). */
export function* applyTargets(
  raster: Raster,
  { centres, model }: ColourAnalysis,
  targets: ReadonlyArray<readonly Colour[]>,
  planes: readonly Uint8Array[],
): SlicedWork<Raster[]> {
  const table = yield* buildLookupTable(model, centres, targets);
  return yield* mapPixels(raster, table, planes.slice(0, targets.length));
}

/** Room for that many images of a raster's size. */
export function planesFor({ data }: Raster, count: number): Uint8Array[] {
  return Array.from({ length: count }, () => new Uint8Array(data.length));
}
