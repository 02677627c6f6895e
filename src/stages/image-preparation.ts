import { decodeImage } from '../imaging/decode-image.ts';
import { encodePng } from '../imaging/encode-image.ts';
import type { ImageLimits } from '../core/image-limits.ts';
import type { Raster } from '../imaging/raster.ts';
import type { StageOptions } from './stage.ts';

export interface PreparedImage {
  /** A clean PNG of the pixels: 8-bit sRGB, upright, without metadata. */
  readonly bytes: Uint8Array;
  readonly contentType: 'image/png';
  readonly raster: Raster;
  readonly warnings: readonly string[];
}

/**
 * Decodes an image within the limits, checks it, and normalises it to 8-bit sRGB.
 * @throws IMAGE_UNREADABLE, IMAGE_UNSUPPORTED, IMAGE_TOO_LARGE
 */
export async function prepareImage(
  { bytes }: { readonly bytes: Uint8Array },
  { imageLimits }: { readonly imageLimits: ImageLimits },
  { signal }: StageOptions,
): Promise<PreparedImage> {
  const { raster, warnings } = await decodeImage(bytes, { limits: imageLimits, signal });
  return { bytes: await encodePng(raster), contentType: 'image/png', raster, warnings };
}
