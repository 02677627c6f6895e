import { labDistance } from './colour/lab.ts';
import type { Raster } from './raster.ts';
import { analyseColours } from './recolour/analyse-colours.ts';
import { applyTargets, planesFor } from './recolour/apply-targets.ts';
import type { Centre, Colour } from './recolour/centre.ts';
import { finishAtOnce } from './sliced-work.ts';

const MOST_CENTRES = 8;
const SAME = 1e-6;

/** Decides the new colour of every dominant colour (largest first); returning the centre itself leaves it as it is. */
export type Retarget = (centres: readonly Centre[]) => readonly Colour[];

/**
 * Gives the up to 8 dominant colours of an image new ones; edges and shades follow as in recolour(). Returns null when no
 * dominant colour changes.
 */
export function replaceColours(raster: Raster, retarget: Retarget): Raster | null {
  const analysis = finishAtOnce(analyseColours(raster, MOST_CENTRES));
  const targets = retarget(analysis.centres);
  const changed = targets.some((target, index) => labDistance(target.lab, analysis.centres[index]!.lab) > SAME);
  return changed ? finishAtOnce(applyTargets(raster, analysis, [targets], planesFor(raster, 1)))[0]! : null;
}
