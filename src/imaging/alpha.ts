import type { Raster } from './raster.ts';
import { SLICE_PIXELS, type SlicedWork } from './sliced-work.ts';

/** Alpha below this is as good as invisible: such pixels do not count as content. */
export const VISIBLE_ALPHA = 16;

const CHANNELS = 4;
const SLICE_BYTES = SLICE_PIXELS * CHANNELS;

/** True when no pixel of the image can be seen. */
export function* isInvisible({ data, channels }: Raster): SlicedWork<boolean> {
  return channels === CHANNELS && (yield* isAlphaBelow(data, VISIBLE_ALPHA));
}

/**
 * Drops an alpha channel that is not used; where it is, clears the colour under fully transparent pixels, which would
 * otherwise carry along what the author erased.
 */
export function* normaliseAlpha(raster: Raster): SlicedWork<Raster> {
  if (raster.channels === 3) return raster;
  return (yield* isOpaque(raster.data)) ? yield* withoutAlpha(raster) : yield* withClearedTransparency(raster);
}

function* isAlphaBelow(data: Uint8Array, limit: number): SlicedWork<boolean> {
  for (let start = 0; start < data.length; start += SLICE_BYTES) {
    const end = Math.min(start + SLICE_BYTES, data.length);
    for (let index = start + 3; index < end; index += CHANNELS) if (data[index]! >= limit) return false;
    yield;
  }
  return true;
}

function* isOpaque(data: Uint8Array): SlicedWork<boolean> {
  for (let start = 0; start < data.length; start += SLICE_BYTES) {
    const end = Math.min(start + SLICE_BYTES, data.length);
    for (let index = start + 3; index < end; index += CHANNELS) if (data[index] !== 255) return false;
    yield;
  }
  return true;
}

function* withoutAlpha({ data, width, height }: Raster): SlicedWork<Raster> {
  const opaque = new Uint8Array(width * height * 3);
  for (let start = 0; start < data.length; start += SLICE_BYTES) {
    copyColours(data, opaque, start, Math.min(start + SLICE_BYTES, data.length));
    yield;
  }
  return { data: opaque, width, height, channels: 3 };
}

function copyColours(data: Uint8Array, opaque: Uint8Array, start: number, end: number): void {
  for (let from = start, to = (start / CHANNELS) * 3; from < end; from += CHANNELS, to += 3) {
    opaque[to] = data[from]!;
    opaque[to + 1] = data[from + 1]!;
    opaque[to + 2] = data[from + 2]!;
  }
}

function* withClearedTransparency(raster: Raster): SlicedWork<Raster> {
  const data = new Uint8Array(raster.data);
  yield;
  for (let start = 0; start < data.length; start += SLICE_BYTES) {
    clearTransparent(data, start, Math.min(start + SLICE_BYTES, data.length));
    yield;
  }
  return { ...raster, data };
}

/** Makes the fully transparent pixels of a range (in bytes) black. */
export function clearTransparent(data: Uint8Array, start: number, end: number): void {
  for (let index = start; index < end; index += CHANNELS) {
    if (data[index + 3] !== 0) continue;
    data[index] = 0;
    data[index + 1] = 0;
    data[index + 2] = 0;
  }
}
