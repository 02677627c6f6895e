import type { Raster } from '../raster.ts';
import { lowestNodeOf } from './lattice.ts';
import { LANES_PER_NODE, LANES_PER_PALETTE } from './lookup-table.ts';
import { HIGHEST_OFFSET, positionOf, TETRAHEDRA } from './tetrahedra.ts';

// Table values are eighths of a level and weights are eighths.
const SHIFT = 6;
const HALF = 32;

/**
 * Looks every pixel up in a table of up to 8 palettes and writes all of their images in one pass. Alpha is copied; fully
 * transparent pixels stay black.
 */
export function mapPixels({ data, width, height, channels }: Raster, table: Int16Array, palettes: number): Raster[] {
  const { firstOffset, secondOffset, weights } = TETRAHEDRA;
  const planes = Array.from({ length: palettes }, () => new Uint8ClampedArray(data.length));
  const mapped = new Uint8ClampedArray(LANES_PER_NODE);
  const lanes = palettes * LANES_PER_PALETTE;
  let previous = -1;
  for (let index = 0; index < data.length; index += channels) {
    if (channels === 4 && data[index + 3] === 0) continue;
    const red = data[index]!;
    const green = data[index + 1]!;
    const blue = data[index + 2]!;
    const colour = (red << 16) | (green << 8) | blue;
    if (colour !== previous) {
      previous = colour;
      const position = positionOf(red, green, blue);
      const w0 = weights[position * 4]!;
      const w1 = weights[position * 4 + 1]!;
      const w2 = weights[position * 4 + 2]!;
      const w3 = weights[position * 4 + 3]!;
      const lowest = lowestNodeOf(red, green, blue) * LANES_PER_NODE;
      const first = lowest + firstOffset[position]! * LANES_PER_NODE;
      const second = lowest + secondOffset[position]! * LANES_PER_NODE;
      const highest = lowest + HIGHEST_OFFSET * LANES_PER_NODE;
      for (let lane = 0; lane < lanes; lane++) {
        const sum =
          w0 * table[lowest + lane]! +
          w1 * table[first + lane]! +
          w2 * table[second + lane]! +
          w3 * table[highest + lane]!;
        mapped[lane] = (sum + HALF) >> SHIFT;
      }
    }
    for (let palette = 0, lane = 0; palette < palettes; palette++, lane += LANES_PER_PALETTE) {
      const plane = planes[palette]!;
      plane[index] = mapped[lane]!;
      plane[index + 1] = mapped[lane + 1]!;
      plane[index + 2] = mapped[lane + 2]!;
      if (channels === 4) plane[index + 3] = data[index + 3]!;
    }
  }
  return planes.map((plane) => ({ data: new Uint8Array(plane.buffer), width, height, channels }));
}
