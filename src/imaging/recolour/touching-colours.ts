import type { Raster } from '../raster.ts';
import type { SlicedWork } from '../sliced-work.ts';
import type { Centre } from './centre.ts';

const ROW_STEP = 3;
const EDGE_LEVELS = 8;
// Antialiasing and a little blur; beyond that it is a gradient.
const MAX_EDGE_PIXELS = 6;
const NEAR_LEVELS = 40;
const OPAQUE = 250;
const MIN_CONTACTS = 30;

/**
 * Which dominant colours meet at edges: a flat run, at most 6 edge pixels, another flat run, along every third row and column.
 * Returns the share of contacts per pair at `i * size + j`, or null when there are too few to tell.
 */
export function* touchingColours(raster: Raster, centres: readonly Centre[]): SlicedWork<Float64Array | null> {
  const { width, height, channels } = raster;
  const contacts = new Float64Array(centres.length ** 2);
  for (let row = 0; row < height; row += ROW_STEP) {
    countContacts(raster, { start: row * width * channels, length: width, stride: channels }, centres, contacts);
    yield;
  }
  for (let column = 0; column < width; column += ROW_STEP) {
    countContacts(raster, { start: column * channels, length: height, stride: width * channels }, centres, contacts);
    yield;
  }
  const total = contacts.reduce((sum, count) => sum + count, 0) / 2;
  return total < MIN_CONTACTS ? null : contacts.map((count) => count / total);
}

interface Line {
  readonly start: number;
  readonly length: number;
  readonly stride: number;
}

function countContacts(
  { data, channels }: Raster,
  { start, length, stride }: Line,
  centres: readonly Centre[],
  contacts: Float64Array,
): void {
  let previous = -1;
  let edgePixels = 0;
  for (let step = 0, index = start; step < length - 1; step++, index += stride) {
    if (channels === 4 && data[index + 3]! < OPAQUE) {
      previous = -1;
    } else if (differs(data, index, index + stride)) {
      if (++edgePixels > MAX_EDGE_PIXELS) previous = -1;
    } else if (edgePixels > 0 || previous < 0) {
      const centre = nearestCentre(data, index, centres);
      if (centre >= 0 && previous >= 0 && centre !== previous) {
        contacts[centre * centres.length + previous]! += 1;
        contacts[previous * centres.length + centre]! += 1;
      }
      previous = centre;
      edgePixels = 0;
    }
  }
}

function differs(data: Uint8Array, first: number, second: number): boolean {
  return (
    Math.abs(data[first]! - data[second]!) > EDGE_LEVELS ||
    Math.abs(data[first + 1]! - data[second + 1]!) > EDGE_LEVELS ||
    Math.abs(data[first + 2]! - data[second + 2]!) > EDGE_LEVELS
  );
}

function nearestCentre(data: Uint8Array, index: number, centres: readonly Centre[]): number {
  let nearest = -1;
  let least = NEAR_LEVELS * NEAR_LEVELS;
  for (let centre = 0; centre < centres.length; centre++) {
    const { rgb } = centres[centre]!;
    const red = data[index]! - rgb[0];
    const green = data[index + 1]! - rgb[1];
    const blue = data[index + 2]! - rgb[2];
    const distance = red * red + green * green + blue * blue;
    if (distance < least) {
      least = distance;
      nearest = centre;
    }
  }
  return nearest;
}
