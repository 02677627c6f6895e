import { type Simplex, squaredDistance } from './simplex.ts';
import { smoothStep } from './smooth-step.ts';

const SNAP_RADIUS = 10 / 255;
const RAMP_END = 2.5 * SNAP_RADIUS;

/** Cleans flat art of generator and JPEG noise: a point within 10 levels of a corner becomes it, with a ramp up to 25. */
export function snapToCorner(point: Float64Array, { size, corners }: Simplex): void {
  let nearest = 0;
  let least = Infinity;
  for (let corner = 0; corner < size; corner++) {
    const distance = squaredDistance(point, 0, corners, corner * 3);
    if (distance < least) {
      least = distance;
      nearest = corner;
    }
  }
  const distance = Math.sqrt(least);
  if (distance >= RAMP_END) return;
  const keep = smoothStep((distance - SNAP_RADIUS) / (RAMP_END - SNAP_RADIUS));
  for (let axis = 0; axis < 3; axis++) {
    const corner = corners[nearest * 3 + axis]!;
    point[axis] = corner + (point[axis]! - corner) * keep;
  }
}
