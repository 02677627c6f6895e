import type { Refinement, Scene, StoredImage } from '../core/concept.ts';
import type { ProcessingTask } from '../core/task.ts';
import { type PreparedImage, prepareImage } from '../stages/image-preparation.ts';
import { storeImage } from '../stages/image-storage.ts';
import type { VariationBase } from '../stages/variation-creation.ts';
import type { ProcessorContext } from './processor.ts';

/** What is known of a base image besides its pixels. */
export interface BaseDetails {
  readonly logoDescription: string;
  readonly themeDescription: string;
  readonly scene: Scene | null;
  readonly warnings: readonly string[];
  readonly refinement: Refinement | null;
}

/** A base image that is about to become a concept. */
export interface BaseImage extends BaseDetails {
  readonly bytes: Uint8Array;
}

/** What is kept of a stored base image: enough to go on from without making it again. */
export interface StoredBase extends BaseDetails {
  readonly image: StoredImage;
}

/** A base image whose storing is still to be done, unless an earlier attempt did it. */
export interface OpenedBase {
  readonly details: BaseDetails;
  readonly store: () => Promise<StoredBase>;
  /** What variations are made of. */
  readonly variationBase: () => Promise<VariationBase>;
}

/** Its checkpoint is a {@link StoredBase}. */
export const BASE_STAGE = 'image-storage';

/** Takes the base image that an earlier attempt stored, without reading it before somebody asks for its pixels; else has it made. */
export async function openBase(
  task: ProcessingTask<'generation' | 'refinement'>,
  context: ProcessorContext,
  makeBase: () => Promise<BaseImage>,
): Promise<OpenedBase> {
  const stored = context.stages.resumed<StoredBase>(BASE_STAGE);
  if (stored) return storedBase(stored, context);
  const base = await makeBase();
  if (isDrawnAgain(base, context)) {
    const { scene } = base;
    return {
      details: base,
      store: () => storeBase(base, task, context),
      variationBase: async () => ({ kind: 'scene', scene }),
    };
  }
  const { bytes, raster, warnings } = await prepare(base.bytes, context);
  // What is stored of an image that was normalised is its clean form.
  const clean = { ...base, bytes, warnings: [...base.warnings, ...warnings] };
  return {
    details: base,
    store: () => storeBase(clean, task, context),
    variationBase: async () => ({ kind: 'raster', raster }),
  };
}

function storedBase(stored: StoredBase, context: ProcessorContext): OpenedBase {
  const { blobs } = context.dependencies;
  return {
    details: stored,
    store: async () => stored,
    async variationBase() {
      if (isDrawnAgain(stored, context)) return { kind: 'scene', scene: stored.scene };
      const bytes = await blobs.get(stored.image.path, { signal: context.signal });
      const { raster } = await prepare(bytes, context);
      return { kind: 'raster', raster };
    },
  };
}

/** A scene is drawn again, so its pixels need no decoding; every other image is decoded and normalised first. */
function isDrawnAgain<T extends BaseDetails>(
  base: T,
  { dependencies }: ProcessorContext,
): base is T & { readonly scene: Scene } {
  return base.scene !== null && dependencies.images.flags.scenes;
}

function prepare(bytes: Uint8Array, { dependencies, stages, signal }: ProcessorContext): Promise<PreparedImage> {
  return stages.run({
    stage: 'image-preparation',
    fraction: 0.25,
    signal,
    work: (options) => prepareImage({ bytes }, dependencies, options),
  });
}

function storeBase(
  { bytes, ...details }: BaseImage,
  { userId, id: taskId }: ProcessingTask,
  { dependencies, stages, signal }: ProcessorContext,
): Promise<StoredBase> {
  return stages.runOnce({
    stage: BASE_STAGE,
    fraction: 0.3,
    signal,
    work: async (options) => ({
      ...details,
      image: await storeImage({ bytes, userId, taskId }, dependencies, options),
    }),
  });
}
