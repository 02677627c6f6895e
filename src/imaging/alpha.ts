import type { Raster } from './raster.ts';

/** Alpha below this is as good as invisible: such pixels do not count as content. */
export const VISIBLE_ALPHA = 16;

/** True when no pixel of the image can be seen. */
export function isInvisible({ data, channels }: Raster): boolean {
  if (channels === 3) return false;
  for (let index = 3; index < data.length; index += 4) if (data[index]! >= VISIBLE_ALPHA) return false;
  return true;
}

/**
 * Drops an alpha channel that is not used; where it is, clears the colour under fully transparent pixels, which would
 * otherwise carry along what the author erased.
 */
export function normaliseAlpha(raster: Raster): Raster {
  if (raster.channels === 3) return raster;
  return isOpaque(raster.data) ? withoutAlpha(raster) : withClearedTransparency(raster);
}

function isOpaque(data: Uint8Array): boolean {
  for (let index = 3; index < data.length; index += 4) if (data[index] !== 255) return false;
  return true;
}

function withoutAlpha({ data, width, height }: Raster): Raster {
  const opaque = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    opaque[to] = data[from]!;
    opaque[to + 1] = data[from + 1]!;
    opaque[to + 2] = data[from + 2]!;
  }
  return { data: opaque, width, height, channels: 3 };
}

function withClearedTransparency(raster: Raster): Raster {
  const data = Uint8Array.from(raster.data);
  for (let index = 0; index < data.length; index += 4) if (data[index + 3] === 0) data.fill(0, index, index + 3);
  return { ...raster, data };
}
