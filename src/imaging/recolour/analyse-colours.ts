import type { Raster } from '../raster.ts';
import type { SlicedWork } from '../sliced-work.ts';
import type { Centre } from './centre.ts';
import { findCentres } from './find-centres.ts';
import { flatShareOf } from './flat-share.ts';
import { countColours } from './histogram.ts';
import { nodesOfCells } from './lattice.ts';
import { modelNodes, type NodeModel } from './node-model.ts';
import { simplexOf } from './simplex.ts';
import { touchingColours } from './touching-colours.ts';

/** What recolouring needs to know of an image; shared by all of its palettes. */
export interface ColourAnalysis {
  readonly centres: readonly Centre[];
  /** About 1 for flat art, below 0.5 for gradients and photos. */
  readonly flatShare: number;
  readonly model: NodeModel;
}

/** From here on up the edge prior holds; on gradients it would draw streaks. */
export const FLAT_ART = 0.6;
const CLEANLY_FLAT = 0.9;
const NOISY = 0.05;

/** Finds the at most `count` dominant colours of an image and what every other colour owes to them. */
export function* analyseColours(raster: Raster, count: number): SlicedWork<ColourAnalysis> {
  const histogram = yield* countColours(raster);
  const centres = yield* findCentres(histogram, count);
  const flatShare = flatShareOf(histogram, centres);
  const contacts = flatShare > FLAT_ART ? yield* touchingColours(raster, centres) : null;
  const snap = flatShare > CLEANLY_FLAT && histogram.noiseShare > NOISY;
  const model = yield* modelNodes(nodesOfCells(histogram.marked), simplexOf(centres), { contacts, snap });
  return { centres, flatShare, model };
}
