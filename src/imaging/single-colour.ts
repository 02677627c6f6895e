import type { Raster } from './raster.ts';

// A plain area saved as JPEG wavers by a level or two.
const TOLERANCE = 3;

/** True when all pixels have the same colour and opacity: there is nothing to see, and nothing to recolour. */
export function isSingleColour({ data, channels }: Raster): boolean {
  for (let channel = 0; channel < channels; channel++) {
    let low = 255;
    let high = 0;
    for (let index = channel; index < data.length; index += channels) {
      const value = data[index]!;
      if (value < low) low = value;
      if (value > high) high = value;
      if (high - low > TOLERANCE) return false;
    }
  }
  return true;
}
