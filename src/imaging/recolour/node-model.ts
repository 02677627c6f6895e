import { writeLabOfSrgb } from '../colour/lab.ts';
import type { SlicedWork } from '../sliced-work.ts';
import { applyEdgePrior } from './edge-prior.ts';
import { snapToCorner } from './flat-snap.ts';
import { NODES_PER_SIDE, RED_STEP } from './lattice.ts';
import { writeMixingWeights } from './mixing-weights.ts';
import type { Simplex } from './simplex.ts';

/** What every lattice node is made of. Independent of the palettes: computed once per image. */
export interface NodeModel {
  readonly nodes: Int32Array;
  /** `size` mixing weights per node. */
  readonly weights: Float32Array;
  /** OKLab of each node. */
  readonly lab: Float32Array;
  /** OKLab of the mix that its weights give: what the mix cannot express is the difference, shading and texture. */
  readonly mixedLab: Float32Array;
}

export interface NodeModelOptions {
  /** Shares from touchingColours(); null leaves the edge prior out. */
  readonly contacts: Float64Array | null;
  readonly snap: boolean;
}

// About a millisecond's worth for an image of twelve colours.
const NODES_PER_SLICE = 128;

export function* modelNodes(
  nodes: Int32Array,
  simplex: Simplex,
  { contacts, snap }: NodeModelOptions,
): SlicedWork<NodeModel> {
  const { size } = simplex;
  const weights = new Float32Array(nodes.length * size);
  const lab = new Float32Array(nodes.length * 3);
  const mixedLab = new Float32Array(nodes.length * 3);
  const point = new Float64Array(3);
  const nodeWeights = new Float64Array(size);
  for (const [index, node] of nodes.entries()) {
    writePosition(node, point);
    if (snap) snapToCorner(point, simplex);
    writeMixingWeights(point, simplex, nodeWeights);
    if (contacts !== null) applyEdgePrior(point, simplex, contacts, nodeWeights);
    weights.set(nodeWeights, index * size);
    writeLabOfSrgb(point[0]!, point[1]!, point[2]!, lab, index * 3);
    writeMixedLab(nodeWeights, simplex, mixedLab, index * 3);
    if (index % NODES_PER_SLICE === 0) yield;
  }
  return { nodes, weights, lab, mixedLab };
}

/** The colour of a node, 0..1 per channel; the last node of an axis lies just beyond 1. */
function writePosition(node: number, point: Float64Array): void {
  point[0] = (Math.floor(node / RED_STEP) * 8) / 255;
  point[1] = ((Math.floor(node / NODES_PER_SIDE) % NODES_PER_SIDE) * 8) / 255;
  point[2] = ((node % NODES_PER_SIDE) * 8) / 255;
}

function writeMixedLab(weights: Float64Array, { corners }: Simplex, out: Float32Array, offset: number): void {
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let corner = 0; corner < weights.length; corner++) {
    const weight = weights[corner]!;
    red += weight * corners[corner * 3]!;
    green += weight * corners[corner * 3 + 1]!;
    blue += weight * corners[corner * 3 + 2]!;
  }
  writeLabOfSrgb(red, green, blue, out, offset);
}
