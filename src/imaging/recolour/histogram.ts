import { VISIBLE_ALPHA } from '../alpha.ts';
import type { Raster } from '../raster.ts';
import { SLICE_PIXELS, type SlicedWork } from '../sliced-work.ts';
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

interface Tally extends Histogram {
  /** Pixels that lie on no edge, and how many of them differ from their neighbour. */
  inner: number;
  noisy: number;
}

/** Counts the colours of an image, weighted by opacity, with edges played down. */
export function* countColours(raster: Raster): SlicedWork<Histogram> {
  const tally: Tally = {
    weight: new Float64Array(CELL_COUNT),
    red: new Float64Array(CELL_COUNT),
    green: new Float64Array(CELL_COUNT),
    blue: new Float64Array(CELL_COUNT),
    marked: new Uint8Array(CELL_COUNT),
    noiseShare: 0,
    inner: 0,
    noisy: 0,
  };
  const rowStep = Math.ceil(SLICE_PIXELS / raster.width);
  for (let row = 0; row < raster.height; row += rowStep) {
    countRows(raster, row, Math.min(row + rowStep, raster.height), tally);
    yield;
  }
  const { inner, noisy, ...histogram } = tally;
  return { ...histogram, noiseShare: inner === 0 ? 0 : noisy / inner };
}

function countRows({ data, width, channels }: Raster, firstRow: number, endRow: number, tally: Tally): void {
  const { weight, red, green, blue, marked } = tally;
  let inner = 0;
  let noisy = 0;
  const rowLength = width * channels;
  for (let row = firstRow; row < endRow; row++) {
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
  tally.inner += inner;
  tally.noisy += noisy;
}
