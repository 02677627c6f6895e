import type { SlicedWork } from '../sliced-work.ts';
import type { Samples } from './samples.ts';

// How far (OKLab) a chosen colour suppresses its surroundings.
const REACH = 0.12;
// A logo's smallest colour worth its own palette entry; below it, only images of many colours are searched further.
const MIN_SHARE = 0.004;
const FAINT_SHARE = 1e-5;
const MANY_COLOURS = 600;

/**
 * Picks up to `count` starting colours: the heaviest first, each playing down what lies near it. No randomness, so the same
 * image always gives the same colours. Returns OKLab, three numbers per centre.
 */
export function* seedCentres(samples: Samples, count: number): SlicedWork<Float64Array> {
  const remaining = Float64Array.from(samples.weight);
  const centres: number[] = [];
  while (centres.length < count * 3) {
    let heaviest = heaviestAbove(remaining, MIN_SHARE * samples.totalWeight);
    if (heaviest < 0 && (centres.length < 2 * 3 || samples.count >= MANY_COLOURS)) {
      heaviest = heaviestAbove(remaining, FAINT_SHARE * samples.totalWeight);
    }
    if (heaviest < 0) break;
    const lab = samples.lab.subarray(heaviest * 3, heaviest * 3 + 3);
    centres.push(...lab);
    attenuateAround(lab, samples, remaining);
    yield;
  }
  return Float64Array.from(centres);
}

function heaviestAbove(weights: Float64Array, threshold: number): number {
  let heaviest = -1;
  let most = threshold;
  for (let sample = 0; sample < weights.length; sample++) {
    if (weights[sample]! > most) {
      most = weights[sample]!;
      heaviest = sample;
    }
  }
  return heaviest;
}

function attenuateAround(centre: Float64Array, { count, lab }: Samples, remaining: Float64Array): void {
  for (let sample = 0; sample < count; sample++) {
    const lightness = lab[sample * 3]! - centre[0]!;
    const a = lab[sample * 3 + 1]! - centre[1]!;
    const b = lab[sample * 3 + 2]! - centre[2]!;
    remaining[sample]! *= 1 - Math.exp(-(lightness * lightness + a * a + b * b) / (REACH * REACH));
  }
}
