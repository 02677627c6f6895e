import sharp from 'sharp';
import type { Raster } from './raster.ts';

export interface EncodeOptions {
  /** Flat art (few colours, long runs) is worth a higher compression level. Default: measured on the pixels. */
  readonly flat?: boolean | undefined;
}

// Measured on seven variations of a 1024 x 1024 image: level 6 shrinks flat art by an eighth for a few milliseconds; on
// photos it costs 40 % more time for 5 % fewer bytes.
const FLAT_LEVEL = 6;
const PHOTO_LEVEL = 2;
const FLAT_RUN_SHARE = 0.8;
const SAMPLED_ROW_STEP = 8;

/** Encodes pixels as PNG without metadata; equal pixels give equal bytes. */
export async function encodePng(raster: Raster, options: EncodeOptions = {}): Promise<Uint8Array> {
  const { data, width, height, channels } = raster;
  const flat = options.flat ?? runShare(raster) > FLAT_RUN_SHARE;
  return await sharp(data, { raw: { width, height, channels } })
    .png({ compressionLevel: flat ? FLAT_LEVEL : PHOTO_LEVEL, adaptiveFiltering: false })
    .toBuffer();
}

/** Share of sampled pixels that equal their left neighbour. */
function runShare({ data, width, height, channels }: Raster): number {
  let equal = 0;
  let compared = 0;
  for (let row = 0; row < height; row += SAMPLED_ROW_STEP) {
    const end = (row + 1) * width * channels;
    for (let index = row * width * channels + channels; index < end; index += channels) {
      const previous = index - channels;
      compared++;
      if (
        data[index] === data[previous] &&
        data[index + 1] === data[previous + 1] &&
        data[index + 2] === data[previous + 2]
      ) {
        equal++;
      }
    }
  }
  return compared === 0 ? 1 : equal / compared;
}
