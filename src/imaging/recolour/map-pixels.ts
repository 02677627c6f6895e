import type { Raster } from '../raster.ts';
import { lowestNodeOf } from './lattice.ts';
import { LANES_PER_NODE, LANES_PER_PALETTE } from './lookup-table.ts';
import { HIGHEST_OFFSET, positionOf, TETRAHEDRA } from './tetrahedra.ts';

// Table values are eighths of a level and weights are eighths.
const SHIFT = 6;
const HALF = 32;

/**
 * Looks every pixel up in a table of up to 8 palettes and writes all of their images in one pass, a run of equal pixels at a
 * time. Alpha is copied; fully transparent pixels become black.
 */
export function mapPixels({ data, width, height, channels }: Raster, table: Int16Array, palettes: number): Raster[] {
  const { firstOffset, secondOffset, weights } = TETRAHEDRA;
  const planes = Array.from({ length: palettes }, () => new Uint8Array(data.length));
  const length = data.length;
  let index = 0;
  while (index < length) {
    const red = data[index]!;
    const green = data[index + 1]!;
    const blue = data[index + 2]!;
    let end = index + channels;
    while (end < length && data[end] === red && data[end + 1] === green && data[end + 2] === blue) end += channels;

    const position = positionOf(red, green, blue);
    const w0 = weights[position * 4]!;
    const w1 = weights[position * 4 + 1]!;
    const w2 = weights[position * 4 + 2]!;
    const w3 = weights[position * 4 + 3]!;
    let lowest = lowestNodeOf(red, green, blue) * LANES_PER_NODE;
    let first = lowest + firstOffset[position]! * LANES_PER_NODE;
    let second = lowest + secondOffset[position]! * LANES_PER_NODE;
    let highest = lowest + HIGHEST_OFFSET * LANES_PER_NODE;
    for (let palette = 0; palette < palettes; palette++) {
      const newRed = w0 * table[lowest]! + w1 * table[first]! + w2 * table[second]! + w3 * table[highest]!;
      const newGreen =
        w0 * table[lowest + 1]! + w1 * table[first + 1]! + w2 * table[second + 1]! + w3 * table[highest + 1]!;
      const newBlue =
        w0 * table[lowest + 2]! + w1 * table[first + 2]! + w2 * table[second + 2]! + w3 * table[highest + 2]!;
      const plane = planes[palette]!;
      const redByte = toByte(newRed);
      const greenByte = toByte(newGreen);
      const blueByte = toByte(newBlue);
      for (let pixel = index; pixel < end; pixel += channels) {
        plane[pixel] = redByte;
        plane[pixel + 1] = greenByte;
        plane[pixel + 2] = blueByte;
      }
      lowest += LANES_PER_PALETTE;
      first += LANES_PER_PALETTE;
      second += LANES_PER_PALETTE;
      highest += LANES_PER_PALETTE;
    }
    index = end;
  }
  if (channels === 4) for (const plane of planes) copyAlpha(data, plane);
  return planes.map((plane) => ({ data: plane, width, height, channels }));
}

function toByte(sum: number): number {
  const rounded = (sum + HALF) >> SHIFT;
  return rounded < 0 ? 0 : rounded > 255 ? 255 : rounded;
}

function copyAlpha(data: Uint8Array, plane: Uint8Array): void {
  for (let index = 3; index < data.length; index += 4) {
    const alpha = data[index]!;
    plane[index] = alpha;
    if (alpha !== 0) continue;
    plane[index - 3] = 0;
    plane[index - 2] = 0;
    plane[index - 1] = 0;
  }
}
