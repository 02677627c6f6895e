import { formatHex } from '../colour/hex.ts';
import type { Raster } from '../raster.ts';
import { finishAtOnce, type SlicedWork } from '../sliced-work.ts';
import type { Centre } from './centre.ts';
import { findCentres } from './find-centres.ts';
import { countColours } from './histogram.ts';

export interface DominantColour {
  readonly hex: string;
  /** Share of the visible image, 0..1; antialiased edges hardly count. */
  readonly share: number;
}

/** The at most `count` (1..12) colours an image is mainly made of, largest first; the same image always gives the same. */
export function dominantColours(raster: Raster, count: number): DominantColour[] {
  return finishAtOnce(centresOf(raster, count)).map(({ rgb, share }) => ({ hex: formatHex(rgb), share }));
}

function* centresOf(raster: Raster, count: number): SlicedWork<Centre[]> {
  return yield* findCentres(yield* countColours(raster), count);
}
