import type { GeneratedImage, GenerateImageRequest, ImageProvider } from '../ports/image-provider.ts';
import type { StageOptions } from './stage.ts';

/** Has the provider draw the base image. */
export function generateImage(
  request: GenerateImageRequest,
  { images }: { readonly images: ImageProvider },
  { signal }: StageOptions,
): Promise<GeneratedImage> {
  return images.generate(request, { signal });
}
