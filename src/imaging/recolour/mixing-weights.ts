import { type Simplex, squaredDistance } from './simplex.ts';

// How much nearness counts against exact reproduction: without it far corners take part in mixes they have no part in.
const LOCALITY = 0.02;
const MAX_SWEEPS = 4;
const SETTLED = 1e-3;

/**
 * Writes the weights (non-negative, summing to 1) that mix a point from the corners: the minimum over the simplex of
 * |x - sum w c|^2 + locality * sum w |x - c|^2, by exact steps along pairs of corners. The idea of geometric palette
 * decomposition (Tan et al. 2016), with a locality term in place of its sparsity.
 */
export function writeMixingWeights(point: Float64Array, simplex: Simplex, weights: Float64Array): void {
  const { size, corners, squaredDistances } = simplex;
  const distances = new Float64Array(size);
  const start = nearestCorner(point, simplex, distances);
  weights.fill(0);
  weights[start] = 1;
  const residual = Float64Array.from(point, (value, axis) => corners[start * 3 + axis]! - value);
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let moved = 0;
    for (let i = 0; i < size; i++) {
      for (let j = i + 1; j < size; j++) {
        if (weights[i] === 0 && weights[j] === 0) continue;
        const pull = LOCALITY * (distances[i]! - distances[j]!);
        moved += stepAlongPair(i, j, pull, residual, corners, squaredDistances[i * size + j]!, weights);
      }
    }
    if (moved < SETTLED) break;
  }
}

function nearestCorner(point: Float64Array, { size, corners }: Simplex, distances: Float64Array): number {
  let nearest = 0;
  for (let corner = 0; corner < size; corner++) {
    distances[corner] = squaredDistance(point, 0, corners, corner * 3);
    if (distances[corner]! < distances[nearest]!) nearest = corner;
  }
  return nearest;
}

/** Shifts weight between corners i and j to the best point of their edge; returns how much. */
function stepAlongPair(
  i: number,
  j: number,
  pull: number,
  residual: Float64Array,
  corners: Float64Array,
  squaredLength: number,
  weights: Float64Array,
): number {
  const e0 = corners[i * 3]! - corners[j * 3]!;
  const e1 = corners[i * 3 + 1]! - corners[j * 3 + 1]!;
  const e2 = corners[i * 3 + 2]! - corners[j * 3 + 2]!;
  const slope = 2 * (residual[0]! * e0 + residual[1]! * e1 + residual[2]! * e2) + pull;
  const step = Math.min(weights[j]!, Math.max(-weights[i]!, -slope / (2 * squaredLength)));
  weights[i]! += step;
  weights[j]! -= step;
  residual[0]! += step * e0;
  residual[1]! += step * e1;
  residual[2]! += step * e2;
  return Math.abs(step);
}
