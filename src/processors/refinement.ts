import type { Concept, StoredImage } from '../core/concept.ts';
import type { ProcessingTask } from '../core/task.ts';
import type { EditedImage } from '../ports/image-provider.ts';
import { editImage } from '../stages/image-editing.ts';
import { loadImage, type LoadedImage } from '../stages/image-loading.ts';
import { prepareImage } from '../stages/image-preparation.ts';
import { storeImage } from '../stages/image-storage.ts';
import type { StageOptions } from '../stages/stage.ts';
import type { BaseImage } from './base-image.ts';
import { runConceptPipeline } from './concept-pipeline.ts';
import type { Processor, ProcessorContext, ProcessorDependencies } from './processor.ts';
import { makeProviderImage } from './provider-image.ts';
import type { StageRequest } from './stage-request.ts';

type RefinementTask = ProcessingTask<'refinement'>;

/** An existing image and a prompt become a new concept that is linked to the one it refines. */
export const processRefinement: Processor<'refinement'> = (task, context) =>
  runConceptPipeline(task, context, () => refine(task, context));

async function refine(task: RefinementTask, context: ProcessorContext): Promise<BaseImage> {
  const { dependencies, signal } = context;
  const { refinementPrompt: prompt, seed, original: source } = task.input;
  const original = await openOriginal(task, context);
  const { parent } = original;
  const request: StageRequest<EditedImage> = {
    stage: 'image-editing',
    fraction: 0.2,
    signal,
    work: (options) =>
      editImage({ image: original, scene: parent?.scene ?? null, prompt, seed }, dependencies, options),
  };
  const edited = await makeProviderImage(request, task, context);
  return {
    ...descriptionsOf(task, parent, edited.applied),
    bytes: edited.bytes,
    scene: edited.scene,
    warnings: [...original.warnings, ...edited.warnings],
    refinement: {
      prompt,
      parentConceptId: parent?.id ?? null,
      originalImageUrl: source.kind === 'url' ? source.url : null,
      originalImagePath: original.path,
      applied: edited.applied,
      ignored: edited.ignored,
    },
  };
}

/** What a refinement takes over from the concept that it refines. */
type Parent = Pick<Concept, 'id' | 'scene' | 'logoDescription' | 'themeDescription'>;

interface StoredOriginal extends Pick<StoredImage, 'path' | 'contentType'> {
  readonly parent: Parent | null;
  readonly warnings: readonly string[];
}

interface Original extends StoredOriginal {
  readonly bytes: Uint8Array;
}

const ORIGINAL_STAGE = 'original-preparation';

/** The original as it is stored: a later attempt refines the same pixels, whatever its URL shows by then. */
async function openOriginal(
  task: RefinementTask,
  { dependencies, stages, signal }: ProcessorContext,
): Promise<Original> {
  const earlier = stages.resumed<StoredOriginal>(ORIGINAL_STAGE);
  if (earlier) return { ...earlier, bytes: await dependencies.blobs.get(earlier.path, { signal }) };
  const loaded = await stages.run({
    stage: 'image-loading',
    fraction: 0.05,
    signal,
    work: (options) => loadImage({ source: task.input.original, userId: task.userId }, dependencies, options),
  });
  const original = await stages.run({
    stage: ORIGINAL_STAGE,
    fraction: 0.1,
    signal,
    work: (options) => prepareOriginal(task, loaded, dependencies, options),
  });
  const { bytes: _bytes, ...stored } = original;
  stages.checkpoint(ORIGINAL_STAGE, stored satisfies StoredOriginal);
  return original;
}

/** A concept's image is clean and stored already; anything else is normalised and kept beside the result, so that the link never breaks. */
async function prepareOriginal(
  { userId, id: taskId }: RefinementTask,
  { bytes, concept }: LoadedImage,
  dependencies: ProcessorDependencies,
  options: StageOptions,
): Promise<Original> {
  if (concept) return { ...pathOf(concept.image), parent: parentOf(concept), bytes, warnings: [] };
  const { bytes: clean, warnings } = await prepareImage({ bytes }, dependencies, options);
  const stored = await storeImage({ bytes: clean, userId, taskId }, dependencies, options);
  return { ...pathOf(stored), parent: null, bytes: clean, warnings };
}

function pathOf({ path, contentType }: StoredImage): Pick<StoredImage, 'path' | 'contentType'> {
  return { path, contentType };
}

function parentOf({ id, scene, logoDescription, themeDescription }: Concept): Parent {
  return { id, scene, logoDescription, themeDescription };
}

/** Descriptions that the refinement leaves out are its parent's; without one, what was done to the image is all that is known. */
function descriptionsOf({ input }: RefinementTask, parent: Parent | null, applied: readonly string[]) {
  return {
    logoDescription: input.logoDescription || parent?.logoDescription || input.refinementPrompt,
    themeDescription: input.themeDescription || parent?.themeDescription || applied.join(', '),
  };
}
