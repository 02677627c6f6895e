import type { Simplex } from './simplex.ts';
import { smoothStep } from './smooth-step.ts';

// Beyond this distance from the line between two colours a node is no mix of the two.
const REACH = 20 / 255;
// A pair that touches rarely has to fit this much better than one that touches often.
const RARITY_COST = (7 / 255) ** 2;
const MIN_SHARE = 0.004;

interface Fit {
  readonly first: number;
  readonly second: number;
  /** Position between the two, 0..1. */
  readonly position: number;
  readonly squaredDistance: number;
  readonly score: number;
}

/**
 * In flat art a colour between two that touch is antialiasing: replaces the weights of a point near the line between such a
 * pair by a plain mix of the two, fading out with distance. `contacts` comes from touchingColours().
 */
export function applyEdgePrior(
  point: Float64Array,
  simplex: Simplex,
  contacts: Float64Array,
  weights: Float64Array,
): void {
  const fit = bestFit(point, simplex, contacts);
  if (fit === null) return;
  const distance = Math.sqrt(fit.squaredDistance);
  if (distance >= REACH) return;
  const strength = 1 - smoothStep((distance - REACH / 2) / (REACH / 2));
  for (let corner = 0; corner < simplex.size; corner++) weights[corner]! *= 1 - strength;
  weights[fit.first]! += strength * (1 - fit.position);
  weights[fit.second]! += strength * fit.position;
}

function bestFit(
  point: Float64Array,
  { size, corners, squaredDistances }: Simplex,
  contacts: Float64Array,
): Fit | null {
  let best: Fit | null = null;
  for (let first = 0; first < size; first++) {
    for (let second = first + 1; second < size; second++) {
      const share = contacts[first * size + second]!;
      if (share < MIN_SHARE) continue;
      const { position, squaredDistance } = project(
        point,
        corners,
        first * 3,
        second * 3,
        squaredDistances[first * size + second]!,
      );
      const score = squaredDistance - RARITY_COST * Math.log(share);
      if (best === null || score < best.score) best = { first, second, position, squaredDistance, score };
    }
  }
  return best;
}

function project(
  point: Float64Array,
  corners: Float64Array,
  from: number,
  to: number,
  squaredLength: number,
): { position: number; squaredDistance: number } {
  let along = 0;
  for (let axis = 0; axis < 3; axis++) {
    along += (point[axis]! - corners[from + axis]!) * (corners[to + axis]! - corners[from + axis]!);
  }
  const position = Math.min(1, Math.max(0, along / squaredLength));
  let squaredDistance = 0;
  for (let axis = 0; axis < 3; axis++) {
    const onLine = corners[from + axis]! + position * (corners[to + axis]! - corners[from + axis]!);
    squaredDistance += (point[axis]! - onLine) ** 2;
  }
  return { position, squaredDistance };
}
