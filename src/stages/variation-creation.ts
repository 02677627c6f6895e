import { mapBounded } from '../core/concurrently.ts';
import type { Palette, Scene } from '../core/concept.ts';
import { encodePng } from '../imaging/encode-image.ts';
import type { Raster } from '../imaging/raster.ts';
import { recolourInBatches } from '../imaging/recolour/recolour.ts';
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

/** One PNG per palette, in their order: recoloured after one analysis of the image, or drawn again exactly where there is a scene. */
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
  return recolourAll(base.raster, palettes, signal);
}

/** A batch's pixels are gone as soon as it is encoded: of twenty large images, four are in memory at a time. */
async function recolourAll(
  raster: Raster,
  palettes: readonly Palette[],
  signal: AbortSignal,
): Promise<readonly CreatedVariation[]> {
  const colours = palettes.map(({ colors }) => colors);
  const encoded: Uint8Array[] = [];
  for await (const batch of recolourInBatches(raster, colours, { signal })) {
    encoded.push(...(await mapBounded(batch, batch.length, signal, (image) => encodePng(image))));
  }
  return palettes.map((palette, index) => ({ palette, bytes: encoded[index]! }));
}
