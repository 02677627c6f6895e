import { throwIfAborted } from '../../../core/abort.ts';
import type { Palette, Scene } from '../../../core/concept.ts';
import type { ImageProvider } from '../../../ports/image-provider.ts';
import { openLibrary, type Library } from './assets/library.ts';
import { rasterise } from './draw/rasterise.ts';
import { renderSvg } from './draw/render-svg.ts';
import { editImage } from './edit/edit-image.ts';
import type { BuiltinProviderOptions } from './options.ts';
import { rolesOf } from './palette/derive-roles.ts';
import { generatePalettes } from './palette/generate-palettes.ts';
import { requireBuiltinScene } from './scene/read-scene.ts';
import { planScene } from './scene/plan-scene.ts';

/**
 * Draws logos from a description: offline, deterministic from the seed, by a planned scene that can be drawn again in any
 * palette. The picture is 1024 x 1024, PNG. A description without a known subject gives an abstract mark and a warning.
 */
export function builtinImageProvider(options: BuiltinProviderOptions = {}): ImageProvider {
  const library = (): Library => openLibrary(options.assetsDir);
  return {
    name: 'builtin',
    flags: { scenes: true, paid: false },
    generate: async (request, { signal } = {}) => {
      throwIfAborted(signal);
      const { logoDescription: logo, themeDescription: theme, seed } = request;
      const [palette] = generatePalettes({ theme, logo, count: 1, seed, avoid: [] }, library()) as [Palette];
      const { scene, warnings } = planScene({ logo, theme, seed, palette }, library());
      const bytes = await draw(scene, palette, library());
      return { bytes, contentType: 'image/png', scene, warnings };
    },
    edit: async (request, { signal } = {}) => {
      throwIfAborted(signal);
      return editImage(request, library());
    },
    render: async (scene, palette, { signal } = {}) => {
      throwIfAborted(signal);
      return draw(scene, palette, library());
    },
  };
}

function draw(scene: Scene, palette: Palette, library: Library): Promise<Uint8Array> {
  return rasterise(renderSvg(requireBuiltinScene(scene), rolesOf(palette), library));
}
