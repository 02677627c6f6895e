import type { SlicedWork } from '../sliced-work.ts';
import type { Samples } from './samples.ts';

const MAX_ROUNDS = 12;
const SETTLED = 1e-4;

/** Weighted k-means (Lloyd) in OKLab from given centres, which it moves. Returns the centre of each sample. */
export function* cluster(samples: Samples, centres: Float64Array): SlicedWork<Uint8Array> {
  const owner = new Uint8Array(samples.count);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    assignToNearest(samples, centres, owner);
    if (moveToMeans(samples, centres, owner) < SETTLED) break;
    yield;
  }
  assignToNearest(samples, centres, owner);
  return owner;
}

function assignToNearest({ count, lab }: Samples, centres: Float64Array, owner: Uint8Array): void {
  for (let sample = 0; sample < count; sample++) {
    let nearest = 0;
    let least = Infinity;
    for (let centre = 0; centre < centres.length; centre += 3) {
      const lightness = lab[sample * 3]! - centres[centre]!;
      const a = lab[sample * 3 + 1]! - centres[centre + 1]!;
      const b = lab[sample * 3 + 2]! - centres[centre + 2]!;
      const distance = lightness * lightness + a * a + b * b;
      if (distance < least) {
        least = distance;
        nearest = centre / 3;
      }
    }
    owner[sample] = nearest;
  }
}

/** Moves every centre to the mean of its samples; returns how far they moved in all. */
function moveToMeans({ count, lab, weight }: Samples, centres: Float64Array, owner: Uint8Array): number {
  const sums = new Float64Array(centres.length);
  const weights = new Float64Array(centres.length / 3);
  for (let sample = 0; sample < count; sample++) {
    const centre = owner[sample]!;
    const sampleWeight = weight[sample]!;
    weights[centre]! += sampleWeight;
    for (let axis = 0; axis < 3; axis++) sums[centre * 3 + axis]! += sampleWeight * lab[sample * 3 + axis]!;
  }
  let moved = 0;
  for (let index = 0; index < centres.length; index++) {
    const total = weights[Math.floor(index / 3)]!;
    if (total === 0) continue;
    const mean = sums[index]! / total;
    moved += Math.abs(mean - centres[index]!);
    centres[index] = mean;
  }
  return moved;
}
