import type { StoredImage } from '../core/concept.ts';
import type { ProcessingTask } from '../core/task.ts';
import { editImage } from '../stages/image-editing.ts';
import { loadImage, type LoadedImage } from '../stages/image-loading.ts';
import { prepareImage } from '../stages/image-preparation.ts';
import { storeImage } from '../stages/image-storage.ts';
import type { StageOptions } from '../stages/stage.ts';
import { type BaseImage, runConceptPipeline } from './concept-pipeline.ts';
import type { Processor, ProcessorContext, ProcessorDependencies } from './processor.ts';

type RefinementTask = ProcessingTask<'refinement'>;

/** An existing image and a prompt become a new concept that is linked to the one it refines. */
export const processRefinement: Processor<'refinement'> = (task, context) =>
  runConceptPipeline(task, context, () => refine(task, context));

async function refine(task: RefinementTask, { dependencies, stages, signal }: ProcessorContext): Promise<BaseImage> {
  const { refinementPrompt: prompt, seed, original: source } = task.input;
  const loaded = await stages.run({
    stage: 'image-loading',
    fraction: 0.05,
    signal,
    work: (options) => loadImage({ source, userId: task.userId }, dependencies, options),
  });
  const original = await stages.run({
    stage: 'original-preparation',
    fraction: 0.1,
    signal,
    work: (options) => prepareOriginal(task, loaded, dependencies, options),
  });
  const edited = await stages.run({
    stage: 'image-editing',
    fraction: 0.2,
    signal,
    work: (options) =>
      editImage({ image: original, scene: loaded.concept?.scene ?? null, prompt, seed }, dependencies, options),
  });
  return {
    ...descriptionsOf(task, loaded, edited.applied),
    bytes: edited.bytes,
    scene: edited.scene,
    warnings: [...original.warnings, ...edited.warnings],
    refinement: {
      prompt,
      parentConceptId: loaded.concept?.id ?? null,
      originalImageUrl: source.kind === 'url' ? source.url : null,
      originalImagePath: original.path,
      applied: edited.applied,
      ignored: edited.ignored,
    },
  };
}

interface Original extends Pick<StoredImage, 'path' | 'contentType'> {
  readonly bytes: Uint8Array;
  readonly warnings: readonly string[];
}

/** A concept's image is clean and stored already; anything else is normalised and kept beside the result, so that the link never breaks. */
async function prepareOriginal(
  { userId, id: taskId }: RefinementTask,
  { bytes, concept }: LoadedImage,
  dependencies: ProcessorDependencies,
  options: StageOptions,
): Promise<Original> {
  if (concept) return { ...concept.image, bytes, warnings: [] };
  const prepared = await prepareImage({ bytes }, dependencies, options);
  const { path } = await storeImage({ bytes: prepared.bytes, userId, taskId }, dependencies, options);
  return { path, bytes: prepared.bytes, contentType: prepared.contentType, warnings: prepared.warnings };
}

/** Descriptions that the refinement leaves out are its parent's; without one, what was done to the image is all that is known. */
function descriptionsOf({ input }: RefinementTask, { concept }: LoadedImage, applied: readonly string[]) {
  return {
    logoDescription: input.logoDescription || concept?.logoDescription || input.refinementPrompt,
    themeDescription: input.themeDescription || concept?.themeDescription || applied.join(', '),
  };
}
