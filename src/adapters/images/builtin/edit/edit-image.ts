import { ConceptError } from '../../../../core/errors.ts';
import type { EditedImage, EditImageRequest } from '../../../../ports/image-provider.ts';
import type { Library } from '../assets/library.ts';
import { rasterise } from '../draw/rasterise.ts';
import { renderSvg } from '../draw/render-svg.ts';
import { rolesOf } from '../palette/derive-roles.ts';
import type { BuiltinScene } from '../scene/builtin-scene.ts';
import { isBuiltinScene } from '../scene/read-scene.ts';
import { editScene } from './edit-scene.ts';

/**
 * Changes a picture by a prompt: a scene of ours is edited and drawn again, any other image is recoloured.
 * @throws UNSUPPORTED_EDIT when no clause could be carried out
 */
export async function editImage(request: EditImageRequest, library: Library): Promise<EditedImage> {
  if (request.scene !== null && isBuiltinScene(request.scene))
    return editOwnScene(request.scene, request.prompt, library);
  return editForeignImage(request);
}

async function editOwnScene(before: BuiltinScene, prompt: string, library: Library): Promise<EditedImage> {
  const { scene, applied, ignored, changed } = editScene(before, prompt, library);
  if (!changed) {
    throw new ConceptError('UNSUPPORTED_EDIT', 'refinement prompt: no part of it could be carried out', {
      field: 'refinement prompt',
      hint: 'ask to swap, add or remove a thing, or for another shape, size, background or colour',
    });
  }
  const bytes = await rasterise(renderSvg(scene, rolesOf(scene.palette), library));
  return { bytes, contentType: 'image/png', scene, warnings: [], applied, ignored };
}

/** Loaded on demand: images of others are the rarer case, and decoding them is heavy. */
async function editForeignImage({ image, prompt }: EditImageRequest): Promise<EditedImage> {
  const [{ decodeImage }, { encodePng }, { editRaster }] = await Promise.all([
    import('../../../../imaging/decode-image.ts'),
    import('../../../../imaging/encode-image.ts'),
    import('../raster-edit/edit-raster.ts'),
  ]);
  const { raster, warnings } = await decodeImage(image.bytes);
  const edited = editRaster(raster, prompt);
  const bytes = await encodePng(edited.raster);
  return { bytes, contentType: 'image/png', scene: null, warnings, applied: edited.applied, ignored: edited.ignored };
}
