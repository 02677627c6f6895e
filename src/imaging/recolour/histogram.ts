import { VISIBLE_ALPHA } from '../alpha.ts';
import type { Raster } from '../raster.ts';
import { CELL_COUNT, cellOf } from './lattice.ts';

export interface Histogram {
  /** Weight and weighted channel sums per cell; 64-bit, as 32-bit sums lose the last pixels of a large white area. */
  readonly weight: Float64Array;
  readonly red: Float64Array;
  readonly green: Float64Array;
  readonly blue: Float64Array;
  /** 1 for every cell that holds a pixel, however faint. */
  readonly marked: Uint8Array;
  /** Share of inner pixels that differ a little from their neighbour: about 0 in clean flat art. */
  readonly noiseShare: number;
}

// A pixel that differs more from its neighbour lies on an edge: mostly antialiasing, which is a mix and not a colour of
// its own. It still weighs a little, so that images made of texture alone have colours too.
const EDGE_LEVELS = 6;
const EDGE_WEIGHT = 0.02;

/** Counts the colours of an image, weighted by opacity, with edges played down. */
export function countColours({ data, width, height, channels }: Raster): Histogram {
  const weight = new Float64Array(CELL_COUNT);
  const red = new Float64Array(CELL_COUNT);
  const green = new Float64Array(CELL_COUNT);
  const blue = new Float64Array(CELL_COUNT);
  const marked = new Uint8Array(CELL_COUNT);
  let inner = 0;
  let noisy = 0;
  const rowLength = width * channels;
  for (let row = 0; row < height; row++) {
    const start = row * rowLength;
    const last = start + rowLength - channels;
    for (let index = start; index <= last; index += channels) {
      const alpha = channels === 4 ? data[index + 3]! : 255;
      if (alpha === 0) continue;
      const r = data[index]!;
      const g = data[index + 1]!;
      const b = data[index + 2]!;
      const cell = cellOf(r, g, b);
      marked[cell] = 1;
      if (alpha < VISIBLE_ALPHA) continue;
      const neighbour = index === last ? Math.max(start, index - channels) : index + channels;
      const difference = Math.max(
        Math.abs(r - data[neighbour]!),
        Math.abs(g - data[neighbour + 1]!),
        Math.abs(b - data[neighbour + 2]!),
      );
      let pixelWeight = alpha / 255;
      if (difference > EDGE_LEVELS) pixelWeight *= EDGE_WEIGHT;
      else {
        inner++;
        if (difference > 0) noisy++;
      }
      weight[cell]! += pixelWeight;
      red[cell]! += pixelWeight * r;
      green[cell]! += pixelWeight * g;
      blue[cell]! += pixelWeight * b;
    }
  }
  return { weight, red, green, blue, marked, noiseShare: inner === 0 ? 0 : noisy / inner };
}
