import type { Raster } from '../raster.ts';
import { finishAtOnce, finishInSlices, type SlicedWork } from '../sliced-work.ts';
import { analyseColours, type ColourAnalysis, FLAT_ART } from './analyse-colours.ts';
import { applyTargets, planesFor } from './apply-targets.ts';
import type { Colour } from './centre.ts';
import { chooseTargets, MAX_PALETTE_COLOURS } from './choose-targets.ts';
import { PALETTES_PER_TABLE } from './lookup-table.ts';

export interface RecolourOptions {
  /**
   * How dominant colours and palette colours are paired. `match` (default) keeps light above dark; `order` gives the i-th
   * largest colour of the image the i-th colour of the palette.
   */
  readonly assignment?: 'match' | 'order' | undefined;
}

// An image has this many colours worth telling apart even when the palette is shorter: the rest become shades.
const LEAST_CENTRES = 5;

export interface SlicedRecolourOptions extends RecolourOptions {
  readonly signal?: AbortSignal | undefined;
}

interface RecolourPlan {
  readonly analysis: ColourAnalysis;
  /** For each batch the target colours of its palettes, `batches[batch][palette][centre]`. */
  readonly batches: ReadonlyArray<ReadonlyArray<readonly Colour[]>>;
}

/**
 * Recolours an image once per palette (hex colours, 1..12 each; more are left out). Flat areas take palette colours exactly,
 * edges, shading and texture are carried over; alpha is untouched. Deterministic: equal input, equal bytes.
 */
export function recolour(
  raster: Raster,
  palettes: ReadonlyArray<readonly string[]>,
  options: RecolourOptions = {},
): Raster[] {
  const { analysis, batches } = finishAtOnce(planRecolouring(raster, palettes, options));
  return batches.flatMap((targets) =>
    finishAtOnce(applyTargets(raster, analysis, targets, planesFor(raster, targets.length))),
  );
}

/**
 * As {@link recolour}, for the same bytes, in batches of at most 4 images (in the order of the palettes) and in slices of a
 * few milliseconds between which the event loop runs. The next batch is written over the one before: whoever asks for it has
 * to be done with that.
 * @throws ABORTED, TIMEOUT or the signal's own reason, within a slice of its abortion.
 */
export async function* recolourInBatches(
  raster: Raster,
  palettes: ReadonlyArray<readonly string[]>,
  options: SlicedRecolourOptions = {},
): AsyncGenerator<readonly Raster[], void, undefined> {
  const { signal } = options;
  const { analysis, batches } = await finishInSlices(planRecolouring(raster, palettes, options), signal);
  const planes = planesFor(raster, Math.min(palettes.length, PALETTES_PER_TABLE));
  for (const targets of batches) {
    yield await finishInSlices(applyTargets(raster, analysis, targets, planes), signal);
  }
}

function* planRecolouring(
  raster: Raster,
  palettes: ReadonlyArray<readonly string[]>,
  { assignment = 'match' }: RecolourOptions,
): SlicedWork<RecolourPlan> {
  const longest = Math.max(LEAST_CENTRES, ...palettes.map((palette) => palette.length));
  const analysis = yield* analyseColours(raster, Math.min(MAX_PALETTE_COLOURS, longest));
  const options = { assignment, capStretch: analysis.flatShare < FLAT_ART };
  const targets: Array<readonly Colour[]> = [];
  for (const palette of palettes) {
    targets.push(chooseTargets(analysis.centres, palette, options));
    yield;
  }
  const count = Math.ceil(targets.length / PALETTES_PER_TABLE);
  const batches = Array.from({ length: count }, (_, batch) =>
    targets.slice(batch * PALETTES_PER_TABLE, (batch + 1) * PALETTES_PER_TABLE),
  );
  return { analysis, batches };
}
