import type { Raster } from './raster.ts';
import { SLICE_PIXELS, type SlicedWork } from './sliced-work.ts';

// A plain area saved as JPEG wavers by a level or two.
const TOLERANCE = 3;

/** True when all pixels have the same colour and opacity: there is nothing to see, and nothing to recolour. */
export function* isSingleColour({ data, channels }: Raster): SlicedWork<boolean> {
  for (let channel = 0; channel < channels; channel++) {
    const range: Range = { low: 255, high: 0 };
    for (let start = channel; start < data.length; start += SLICE_PIXELS * channels) {
      widen(range, data.subarray(start, start + SLICE_PIXELS * channels), channels);
      if (range.high - range.low > TOLERANCE) return false;
      yield;
    }
  }
  return true;
}

interface Range {
  low: number;
  high: number;
}

/** Takes every `channels`-th value into the range. */
function widen(range: Range, values: Uint8Array, channels: number): void {
  let { low, high } = range;
  for (let index = 0; index < values.length; index += channels) {
    const value = values[index]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  range.low = low;
  range.high = high;
}
