import type { ProcessingTask } from '../core/task.ts';
import type { GeneratedImage } from '../ports/image-provider.ts';
import { storeBytes } from '../stages/image-storage.ts';
import type { ProcessorContext } from './processor.ts';
import type { StageRequest } from './stage-request.ts';

/**
 * Runs a stage in which the image provider makes an image. One that costs money is stored as it came, before anything is done with
 * it; one for free is cheaper to make again than to store twice.
 */
export function makeProviderImage<T extends GeneratedImage>(
  request: StageRequest<T>,
  { userId, id: taskId }: ProcessingTask,
  { dependencies, stages }: ProcessorContext,
): Promise<T> {
  const { images, blobs } = dependencies;
  if (!images.flags.paid) return stages.run(request);
  return stages.runPaid({
    ...request,
    provider: images.name,
    keep: async ({ bytes, ...image }: T, options) => {
      const { contentType } = image;
      const { path } = await storeBytes({ bytes, contentType, userId, taskId }, dependencies, options);
      return { image, path };
    },
    restore: async ({ image, path }, { signal }) => ({ ...image, bytes: await blobs.get(path, { signal }) }) as T,
  });
}
