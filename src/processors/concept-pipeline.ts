import { allOrAbort } from '../core/concurrently.ts';
import {
  type Concept,
  conceptIdOf,
  type Palette,
  type Refinement,
  type Scene,
  type StoredImage,
} from '../core/concept.ts';
import type { ProcessingTask } from '../core/task.ts';
import type { PaletteRequest } from '../ports/palette-provider.ts';
import type { TaskResult } from '../ports/task-leases.ts';
import { storeVariations } from '../stages/concept-storage.ts';
import { type PreparedImage, prepareImage } from '../stages/image-preparation.ts';
import { storeImage } from '../stages/image-storage.ts';
import { generatePalettes } from '../stages/palette-generation.ts';
import type { StageOptions } from '../stages/stage.ts';
import { createVariations, type VariationBase } from '../stages/variation-creation.ts';
import type { ProcessorContext } from './processor.ts';
import type { StageRunner } from './stage-runner.ts';

/** A base image that is about to become a concept. */
export interface BaseImage {
  readonly bytes: Uint8Array;
  readonly logoDescription: string;
  readonly themeDescription: string;
  readonly scene: Scene | null;
  readonly warnings: readonly string[];
  readonly refinement: Refinement | null;
}

/** What is kept of a stored base image: enough to go on from without making it again. */
export interface StoredBase extends Omit<BaseImage, 'bytes'> {
  readonly image: StoredImage;
}

const BASE_STAGE = 'image-storage';

/**
 * The part that generation and refinement share: make the base image (unless an earlier attempt stored it), store it while the
 * palettes are made, create the variations in one pass, store them.
 */
export async function runConceptPipeline(
  task: ProcessingTask<'generation' | 'refinement'>,
  context: ProcessorContext,
  makeBase: () => Promise<BaseImage>,
): Promise<TaskResult> {
  const { dependencies, stages, signal } = context;
  const { userId, id: taskId } = task;
  const store: StoreBytes = (bytes, options) => storeImage({ bytes, userId, taskId }, dependencies, options);

  const earlier = stages.resumed<StoredBase>(BASE_STAGE);
  const base = earlier
    ? { ...earlier, bytes: await dependencies.blobs.get(earlier.image.path, { signal }) }
    : await makeBase();
  const prepared = await prepareForRecolouring(base, context);

  const [stored, palettes] = await allOrAbort(
    [
      (stepSignal) => storeBase(cleaned(base, prepared), store, stages, stepSignal),
      (stepSignal) => makePalettes(paletteRequestOf(task, base), { ...context, signal: stepSignal }),
    ],
    signal,
  );

  const created = await stages.run({
    stage: 'variation-creation',
    fraction: 0.5,
    signal,
    work: (options) => createVariations({ base: variationBase(base, prepared), palettes }, dependencies, options),
  });
  const variations = await stages.run({
    stage: 'concept-storage',
    fraction: 0.85,
    signal,
    work: (options) => storeVariations(created, { store }, options),
  });

  const createdAt = new Date(dependencies.clock.now()).toISOString();
  const concept: Concept = { ...stored, id: conceptIdOf(taskId), taskId, userId, variations, createdAt };
  return { concept, partial: false };
}

/** What is stored of an image that was normalised is its clean form. */
function cleaned(base: BaseImage, prepared: PreparedImage | undefined): BaseImage {
  if (!prepared) return base;
  return { ...base, bytes: prepared.bytes, warnings: [...base.warnings, ...prepared.warnings] };
}

type StoreBytes = (bytes: Uint8Array, options: StageOptions) => Promise<StoredImage>;

function storeBase(base: BaseImage, store: StoreBytes, stages: StageRunner, signal: AbortSignal): Promise<StoredBase> {
  const { bytes, ...rest } = base;
  return stages.runOnce({
    stage: BASE_STAGE,
    fraction: 0.3,
    signal,
    work: async (options) => ({ ...rest, image: await store(bytes, options) }),
  });
}

function makePalettes(
  request: PaletteRequest,
  { dependencies, stages, signal }: ProcessorContext,
): Promise<readonly Palette[]> {
  return stages.runOnce({
    stage: 'palette-generation',
    fraction: 0.3,
    signal,
    work: (options) => generatePalettes(request, dependencies, options),
  });
}

function paletteRequestOf({ input }: ProcessingTask<'generation' | 'refinement'>, base: BaseImage): PaletteRequest {
  const { logoDescription, themeDescription, scene } = base;
  return {
    logoDescription,
    themeDescription,
    count: input.numPalettes,
    seed: input.seed,
    avoid: scene ? [scene.palette] : [],
  };
}

/** A scene is drawn again, so its pixels need no decoding; every other image is decoded and normalised first. */
async function prepareForRecolouring(
  base: BaseImage,
  { dependencies, stages, signal }: ProcessorContext,
): Promise<PreparedImage | undefined> {
  if (base.scene && dependencies.images.flags.scenes) return undefined;
  return stages.run({
    stage: 'image-preparation',
    fraction: 0.25,
    signal,
    work: (options) => prepareImage(base, dependencies, options),
  });
}

function variationBase(base: BaseImage, prepared: PreparedImage | undefined): VariationBase {
  return prepared ? { kind: 'raster', raster: prepared.raster } : { kind: 'scene', scene: base.scene! };
}
