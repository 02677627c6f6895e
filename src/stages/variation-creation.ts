import { type Settled, settleBounded } from '../core/concurrently.ts';
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

/** libuv's image threads and this many encodes keep two cores busy; more only costs memory. */
const RENDERS_AT_ONCE = 3;

/**
 * One PNG per palette, in their order: recoloured after one analysis of the image, or drawn again exactly where there is a scene.
 * Each settles on its own; what goes wrong with the image as a whole is thrown.
 */
export async function createVariations(
  { base, palettes }: { readonly base: VariationBase; readonly palettes: readonly Palette[] },
  { images }: { readonly images: ImageProvider },
  { signal, onProgress }: StageOptions,
): Promise<ReadonlyArray<Settled<Uint8Array>>> {
  if (base.kind === 'raster') return recolourAll(base.raster, palettes, { signal, onProgress });
  let done = 0;
  return settleBounded(palettes, RENDERS_AT_ONCE, signal, async (palette, _index, stepSignal) => {
    const bytes = await images.render(base.scene, palette, { signal: stepSignal });
    onProgress?.(++done / palettes.length);
    return bytes;
  });
}

/** A batch's pixels are gone as soon as it is encoded: of twenty large images, four are in memory at a time. */
async function recolourAll(
  raster: Raster,
  palettes: readonly Palette[],
  { signal, onProgress }: StageOptions,
): Promise<ReadonlyArray<Settled<Uint8Array>>> {
  const colours = palettes.map(({ colors }) => colors);
  const encoded: Array<Settled<Uint8Array>> = [];
  for await (const batch of recolourInBatches(raster, colours, { signal })) {
    encoded.push(...(await settleBounded(batch, batch.length, signal, (image) => encodePng(image))));
    onProgress?.(encoded.length / palettes.length);
  }
  return encoded;
}
