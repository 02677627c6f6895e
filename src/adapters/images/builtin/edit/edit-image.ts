import { ConceptError } from '../../../../core/errors.ts';
import type { EditedImage, EditImageRequest } from '../../../../ports/image-provider.ts';
import type { Library } from '../assets/library.ts';

/** Placeholder until scene edits are in. */
export function editImage(request: EditImageRequest, _library: Library): Promise<EditedImage> {
  throw new ConceptError('UNSUPPORTED_EDIT', `no part of "${request.prompt}" could be carried out`, {
    hint: 'Ask for other colours.',
  });
}
