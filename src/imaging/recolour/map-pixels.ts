import { clearTransparent } from '../alpha.ts';
import type { Raster } from '../raster.ts';
import { SLICE_PIXELS, type SlicedWork } from '../sliced-work.ts';
import { lowestNodeOf } from './lattice.ts';
import { LANES_PER_NODE, LANES_PER_PALETTE } from './lookup-table.ts';
import { HIGHEST_OFFSET, positionOf, TETRAHEDRA } from './tetrahedra.ts';

// Table values are eighths of a level and weights are eighths.
const SHIFT = 6;
const HALF = 32;

/**
 * Looks every pixel up in a table of up to 4 palettes and writes all of their images in one pass, one into each of the given
 * planes (as long as the image's data; whatever they hold is replaced). Alpha is copied; fully transparent pixels become black.
 */
export function* mapPixels(raster: Raster, table: Int16Array, planes: readonly Uint8Array[]): SlicedWork<Raster[]> {
  const { data, width, height, channels } = raster;
  const sliceBytes = Math.ceil(SLICE_PIXELS / planes.length) * channels;
  for (let start = 0; start < data.length; start += sliceBytes) {
    const end = Math.min(start + sliceBytes, data.length);
    mapRange(raster, table, planes, start, end);
    if (channels === 4) for (const plane of planes) copyAlpha(data, plane, start, end);
    yield;
  }
  return planes.map((plane) => ({ data: plane, width, height, channels }));
}

/** Maps the pixels of a range (in bytes), a run of equal ones at a time. */
function mapRange(
  { data, channels }: Raster,
  table: Int16Array,
  planes: readonly Uint8Array[],
  start: number,
  end: number,
): void {
  const { firstOffset, secondOffset, weights } = TETRAHEDRA;
  const palettes = planes.length;
  let index = start;
  while (index < end) {
    const red = data[index]!;
    const green = data[index + 1]!;
    const blue = data[index + 2]!;
    let runEnd = index + channels;
    while (runEnd < end && data[runEnd] === red && data[runEnd + 1] === green && data[runEnd + 2] === blue) {
      runEnd += channels;
    }

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
      for (let pixel = index; pixel < runEnd; pixel += channels) {
        plane[pixel] = redByte;
        plane[pixel + 1] = greenByte;
        plane[pixel + 2] = blueByte;
      }
      lowest += LANES_PER_PALETTE;
      first += LANES_PER_PALETTE;
      second += LANES_PER_PALETTE;
      highest += LANES_PER_PALETTE;
    }
    index = runEnd;
  }
}

function toByte(sum: number): number {
  const rounded = (sum + HALF) >> SHIFT;
  return rounded < 0 ? 0 : rounded > 255 ? 255 : rounded;
}

function copyAlpha(data: Uint8Array, plane: Uint8Array, start: number, end: number): void {
  for (let index = start + 3; index < end; index += 4) plane[index] = data[index]!;
  clearTransparent(plane, start, end);
}
