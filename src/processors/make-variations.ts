import { PARTS_STAGE } from '../core/closing-run.ts';
import type { Settled } from '../core/concurrently.ts';
import type { Palette, StoredImage, Variation } from '../core/concept.ts';
import type { StageName } from '../core/stage-name.ts';
import type { ProcessingTask } from '../core/task.ts';
import { storeVariations } from '../stages/concept-storage.ts';
import { storeImage } from '../stages/image-storage.ts';
import { createVariations, type VariationBase } from '../stages/variation-creation.ts';
import { inStage } from './in-stage.ts';
import type { MissingVariation } from './missing-variations.ts';
import type { ProcessorContext } from './processor.ts';

/** A palette at its place in the concept. */
interface Placed {
  readonly index: number;
  readonly palette: Palette;
}

type Made<T> = Placed & { readonly value: T };

/** What a later attempt finds of a variation. */
interface StoredVariation {
  readonly index: number;
  readonly image: StoredImage;
}

export interface MadeVariations {
  /** In the order of their palettes, as what is missing is. */
  readonly variations: readonly Variation[];
  readonly missing: readonly MissingVariation[];
}

const CREATION = 'variation-creation';
const STORAGE = PARTS_STAGE;

/** Makes and stores the variations that no earlier attempt stored; those that fail leave the others alone. */
export async function makeVariations(
  palettes: readonly Palette[],
  variationBase: () => Promise<VariationBase>,
  task: ProcessingTask,
  context: ProcessorContext,
): Promise<MadeVariations> {
  const { stages } = context;
  const earlier = stages.resumed<readonly StoredVariation[]>(STORAGE) ?? [];
  const known = new Set(earlier.map(({ index }) => index));
  const wanted = palettes.map((palette, index) => ({ index, palette })).filter(({ index }) => !known.has(index));

  const created = sift(CREATION, wanted, await create(wanted, variationBase, context));
  let all = earlier;
  // One by one: whatever ends the attempt, what is stored by then is kept.
  const keep = (variation: StoredVariation): void => {
    all = [...all, variation].toSorted(byIndex);
    stages.checkpoint(STORAGE, all);
  };
  const stored = sift(STORAGE, created.made, await store(created.made, keep, task, context));

  return {
    variations: all.map(({ index, image }) => ({ palette: palettes[index]!, image })),
    missing: [...created.failed, ...stored.failed].toSorted(byIndex),
  };
}

/** The variations that are stored, and the palettes of those that are not, both in the order of the palettes. */
export function keptVariations(
  palettes: readonly Palette[],
  kept: <T>(stage: StageName) => T | undefined,
): { readonly variations: readonly Variation[]; readonly missing: readonly Palette[] } {
  const images = new Map((kept<readonly StoredVariation[]>(STORAGE) ?? []).map(({ index, image }) => [index, image]));
  const variations = palettes.flatMap((palette, index) => {
    const image = images.get(index);
    return image ? [{ palette, image }] : [];
  });
  return { variations, missing: palettes.filter((_, index) => !images.has(index)) };
}

/** Tells what went well from what did not; the outcomes are in the order of the palettes. */
function sift<T>(stage: StageName, palettes: readonly Placed[], outcomes: ReadonlyArray<Settled<T>>) {
  const made: Array<Made<T>> = [];
  const failed: Array<Placed & MissingVariation> = [];
  for (const [order, outcome] of outcomes.entries()) {
    const { index, palette } = palettes[order]!;
    if ('value' in outcome) made.push({ index, palette, value: outcome.value });
    else failed.push({ index, palette, error: inStage(outcome.error, stage) });
  }
  return { made, failed };
}

function byIndex(a: { readonly index: number }, b: { readonly index: number }): number {
  return a.index - b.index;
}

async function create(
  wanted: readonly Placed[],
  variationBase: () => Promise<VariationBase>,
  { dependencies, stages, signal }: ProcessorContext,
): Promise<ReadonlyArray<Settled<Uint8Array>>> {
  if (wanted.length === 0) return [];
  const input = { base: await variationBase(), palettes: wanted.map(({ palette }) => palette) };
  return stages.run({
    stage: CREATION,
    fraction: 0.5,
    untilFraction: 0.85,
    signal,
    work: (options) => createVariations(input, dependencies, options),
  });
}

async function store(
  created: ReadonlyArray<Made<Uint8Array>>,
  keep: (variation: StoredVariation) => void,
  { userId, id: taskId }: ProcessingTask,
  { dependencies, stages, signal }: ProcessorContext,
): Promise<ReadonlyArray<Settled<StoredImage>>> {
  if (created.length === 0) return [];
  const images = created.map(({ value }) => value);
  return stages.run({
    stage: STORAGE,
    fraction: 0.85,
    untilFraction: 1,
    signal,
    work: (options) =>
      storeVariations(
        images,
        {
          store: async (bytes, call, order) => {
            const image = await storeImage({ bytes, userId, taskId, isVariation: true }, dependencies, call);
            keep({ index: created[order]!.index, image });
            return image;
          },
        },
        options,
      ),
  });
}
