import type { Centre } from './centre.ts';

/** The dominant colours as corners of a simplex in gamma-encoded sRGB (0..1), where antialiasing mixes linearly. */
export interface Simplex {
  readonly size: number;
  /** Three channels per corner. */
  readonly corners: Float64Array;
  /** Squared distance of corners i and j at `i * size + j`. */
  readonly squaredDistances: Float64Array;
}

// Keeps a division by the distance of two equal corners finite.
const LEAST_DISTANCE = 1e-9;

export function simplexOf(centres: readonly Centre[]): Simplex {
  const size = centres.length;
  const corners = Float64Array.from(centres.flatMap(({ rgb }) => rgb.map((channel) => channel / 255)));
  const squaredDistances = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const distance = squaredDistance(corners, i * 3, corners, j * 3);
      squaredDistances[i * size + j] = Math.max(LEAST_DISTANCE, distance);
    }
  }
  return { size, corners, squaredDistances };
}

/** Squared distance of two points, three numbers each from the given offsets. */
export function squaredDistance(
  first: Float64Array,
  firstOffset: number,
  second: Float64Array,
  secondOffset: number,
): number {
  const d0 = first[firstOffset]! - second[secondOffset]!;
  const d1 = first[firstOffset + 1]! - second[secondOffset + 1]!;
  const d2 = first[firstOffset + 2]! - second[secondOffset + 2]!;
  return d0 * d0 + d1 * d1 + d2 * d2;
}
