import type { Centre } from './centre.ts';
import type { Histogram } from './histogram.ts';

const NEAR_LEVELS = 14;

/** Share of an image's weight within 14 levels of a dominant colour: about 1 for flat art, below 0.5 for gradients and photos. */
export function flatShareOf({ weight, red, green, blue }: Histogram, centres: readonly Centre[]): number {
  let near = 0;
  let total = 0;
  weight.forEach((cellWeight, cell) => {
    if (cellWeight === 0) return;
    total += cellWeight;
    const isNear = centres.some(({ rgb }) => {
      const dr = red[cell]! / cellWeight - rgb[0];
      const dg = green[cell]! / cellWeight - rgb[1];
      const db = blue[cell]! / cellWeight - rgb[2];
      return dr * dr + dg * dg + db * db < NEAR_LEVELS * NEAR_LEVELS;
    });
    if (isNear) near += cellWeight;
  });
  return total === 0 ? 0 : near / total;
}
