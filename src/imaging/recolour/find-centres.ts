import type { Rgb } from '../colour/hex.ts';
import { labDistance, labOfRgb } from '../colour/lab.ts';
import type { SlicedWork } from '../sliced-work.ts';
import type { Centre } from './centre.ts';
import { cluster } from './cluster.ts';
import type { Histogram } from './histogram.ts';
import { type Samples, samplesOf } from './samples.ts';
import { seedCentres } from './seed-centres.ts';

// Nearer than this (OKLab) two colours are one to the eye once they are apart in the picture.
const MERGE_DISTANCE = 0.035;
// A cell that holds this share of its cluster is a flat colour: then the exact colour is wanted, not the mean.
const MODAL_SHARE = 0.35;

/** The at most `count` dominant colours of an image, largest share first. */
export function* findCentres(histogram: Histogram, count: number): SlicedWork<Centre[]> {
  const samples = samplesOf(histogram);
  yield;
  const positions = yield* seedCentres(samples, count);
  const owner = yield* cluster(samples, positions);
  const centres: Centre[] = [];
  for (let index = 0; index < positions.length / 3; index++) {
    const centre = summarise(samples, owner, index);
    if (centre !== undefined) centres.push(centre);
  }
  return merged(centres.toSorted((first, second) => second.share - first.share));
}

function summarise({ count, weight, rgb, totalWeight }: Samples, owner: Uint8Array, index: number): Centre | undefined {
  const sum: [number, number, number] = [0, 0, 0];
  let clusterWeight = 0;
  let modal = -1;
  for (let sample = 0; sample < count; sample++) {
    if (owner[sample] !== index) continue;
    const sampleWeight = weight[sample]!;
    clusterWeight += sampleWeight;
    for (let channel = 0; channel < 3; channel++) sum[channel]! += sampleWeight * rgb[sample * 3 + channel]!;
    if (modal < 0 || sampleWeight > weight[modal]!) modal = sample;
  }
  if (clusterWeight <= 0) return undefined;
  const flat = weight[modal]! > MODAL_SHARE * clusterWeight;
  const channelOf = (channel: 0 | 1 | 2): number => (flat ? rgb[modal * 3 + channel]! : sum[channel] / clusterWeight);
  const mean: Rgb = [channelOf(0), channelOf(1), channelOf(2)];
  return { rgb: mean, lab: labOfRgb(mean), share: clusterWeight / totalWeight };
}

function merged(centres: readonly Centre[]): Centre[] {
  const kept: Centre[] = [];
  for (const centre of centres) {
    const twin = kept.findIndex(({ lab }) => labDistance(lab, centre.lab) < MERGE_DISTANCE);
    if (twin < 0) kept.push(centre);
    else kept[twin] = { ...kept[twin]!, share: kept[twin]!.share + centre.share };
  }
  return kept;
}
