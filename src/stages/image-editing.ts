import type { EditedImage, EditImageRequest, ImageProvider } from '../ports/image-provider.ts';
import type { StageOptions } from './stage.ts';

/** Has the provider change an image by a prompt. @throws UNSUPPORTED_EDIT when nothing of the prompt could be applied. */
export function editImage(
  request: EditImageRequest,
  { images }: { readonly images: ImageProvider },
  { signal }: StageOptions,
): Promise<EditedImage> {
  return images.edit(request, { signal });
}
