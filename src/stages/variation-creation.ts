import { throwIfAborted } from '../core/abort.ts';
import { mapBounded } from '../core/concurrently.ts';
import type { Palette, Scene } from '../core/concept.ts';
import { encodePng } from '../imaging/encode-image.ts';
import type { Raster } from '../imaging/raster.ts';
import { recolour } from '../imaging/recolour/recolour.ts';
import type { ImageProvider } from '../ports/image-provider.ts';
import type { StageOptions } from './stage.ts';

/** What the variations are made of: a scene is drawn again, pixels are recoloured. */
export type VariationBase =
  | { readonly kind: 'scene'; readonly scene: Scene }
  | { readonly kind: 'raster'; readonly raster: Raster };

export interface CreatedVariation {
  readonly palette: Palette;
  readonly bytes: Uint8Array;
}

/** libuv's image threads and this many encodes keep two cores busy; more only costs memory. */
const RENDERS_AT_ONCE = 3;

/** One PNG per palette, in their order: all recoloured in one pass, or drawn again exactly where there is a scene. */
export async function createVariations(
  { base, palettes }: { readonly base: VariationBase; readonly palettes: readonly Palette[] },
  { images }: { readonly images: ImageProvider },
  { signal }: StageOptions,
): Promise<readonly CreatedVariation[]> {
  if (base.kind === 'scene') {
    return mapBounded(palettes, RENDERS_AT_ONCE, signal, async (palette, _index, stepSignal) => ({
      palette,
      bytes: await images.render(base.scene, palette, { signal: stepSignal }),
    }));
  }
  const rasters = recolour(
    base.raster,
    palettes.map(({ colors }) => colors),
  );
  throwIfAborted(signal);
  return mapBounded(rasters, RENDERS_AT_ONCE, signal, async (raster, index) => ({
    palette: palettes[index]!,
    bytes: await encodePng(raster),
  }));
}
