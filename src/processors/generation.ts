import type { ImageSource } from '../core/task-input.ts';
import type { ProcessingTask } from '../core/task.ts';
import type { GeneratedImage } from '../ports/image-provider.ts';
import { generateImage } from '../stages/image-generation.ts';
import { loadImage } from '../stages/image-loading.ts';
import type { BaseImage } from './base-image.ts';
import { runConceptPipeline } from './concept-pipeline.ts';
import type { Processor, ProcessorContext } from './processor.ts';
import { makeProviderImage } from './provider-image.ts';
import type { StageRequest } from './stage-request.ts';

/** A logo and a theme description, or the user's own picture and a theme, become a concept. */
export const processGeneration: Processor<'generation'> = (task, context) =>
  runConceptPipeline(task, context, () => {
    const { image } = task.input;
    return image ? takeOwnImage(task, image, context) : drawImage(task, context);
  });

async function drawImage(task: ProcessingTask<'generation'>, context: ProcessorContext): Promise<BaseImage> {
  const { dependencies, signal } = context;
  const request: StageRequest<GeneratedImage> = {
    stage: 'image-generation',
    fraction: 0.05,
    signal,
    work: (options) => generateImage(task.input, dependencies, options),
  };
  const { bytes, scene, warnings } = await makeProviderImage(request, task, context);
  return { ...descriptionsOf(task), bytes, scene, warnings, refinement: null };
}

async function takeOwnImage(
  task: ProcessingTask<'generation'>,
  source: ImageSource,
  context: ProcessorContext,
): Promise<BaseImage> {
  const { dependencies, stages, signal } = context;
  const { bytes } = await stages.run({
    stage: 'image-loading',
    fraction: 0.05,
    signal,
    work: (options) => loadImage({ source, userId: task.userId }, dependencies, options),
  });
  return { ...descriptionsOf(task), bytes, scene: null, warnings: [], refinement: null };
}

function descriptionsOf({
  input,
}: ProcessingTask<'generation'>): Pick<BaseImage, 'logoDescription' | 'themeDescription'> {
  return { logoDescription: input.logoDescription, themeDescription: input.themeDescription };
}
