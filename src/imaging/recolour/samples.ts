import { writeLabOfSrgb } from '../colour/lab.ts';
import type { Histogram } from './histogram.ts';

/** The occupied cells of a histogram as weighted points: what clustering works on instead of a million pixels. */
export interface Samples {
  readonly count: number;
  readonly weight: Float64Array;
  readonly totalWeight: number;
  /** Mean colour of each cell, 0..255, three numbers per sample. */
  readonly rgb: Float64Array;
  /** The same in OKLab. */
  readonly lab: Float64Array;
}

export function samplesOf(histogram: Histogram): Samples {
  const cells: number[] = [];
  histogram.weight.forEach((cellWeight, cell) => {
    if (cellWeight > 0) cells.push(cell);
  });
  const weight = new Float64Array(cells.length);
  const rgb = new Float64Array(cells.length * 3);
  const lab = new Float64Array(cells.length * 3);
  let totalWeight = 0;
  cells.forEach((cell, sample) => {
    const cellWeight = histogram.weight[cell]!;
    weight[sample] = cellWeight;
    totalWeight += cellWeight;
    const red = histogram.red[cell]! / cellWeight;
    const green = histogram.green[cell]! / cellWeight;
    const blue = histogram.blue[cell]! / cellWeight;
    rgb.set([red, green, blue], sample * 3);
    writeLabOfSrgb(red / 255, green / 255, blue / 255, lab, sample * 3);
  });
  return { count: cells.length, weight, totalWeight, rgb, lab };
}
