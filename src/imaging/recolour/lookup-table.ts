import type { SlicedWork } from '../sliced-work.ts';
import type { Centre, Colour } from './centre.ts';
import { CORNER_OFFSETS, lowestNodeOf, NODE_COUNT } from './lattice.ts';
import type { NodeModel } from './node-model.ts';
import { HIGHEST_OFFSET, positionOf, TETRAHEDRA } from './tetrahedra.ts';
import { transferTo } from './transfer.ts';

/** Enough that the passes over the pixels are few; more would keep more images in memory at once. */
export const PALETTES_PER_TABLE = 4;
/** 4 palettes of 4 lanes (the last unused) are 32 bytes: a node never straddles a cache line. */
export const LANES_PER_NODE = 16;
export const LANES_PER_PALETTE = 4;
/** Values are eighths of a channel level. */
export const FIXED_POINT = 8;

const EXACTNESS_ROUNDS = 8;
// About a millisecond's worth.
const NODES_PER_SLICE = 512;

/** The new colours of all nodes for up to 4 palettes, `targets[palette][centre]`, exact at the centres. */
export function* buildLookupTable(
  model: NodeModel,
  centres: readonly Centre[],
  targets: ReadonlyArray<readonly Colour[]>,
): SlicedWork<Int16Array> {
  const table = new Int16Array(NODE_COUNT * LANES_PER_NODE);
  const out = new Float64Array(3);
  for (const [palette, colours] of targets.entries()) {
    const transfer = transferTo(colours, centres, model);
    for (let index = 0; index < model.nodes.length; index++) {
      transfer(index, out);
      const lane = model.nodes[index]! * LANES_PER_NODE + palette * LANES_PER_PALETTE;
      for (let channel = 0; channel < 3; channel++) {
        table[lane + channel] = Math.round(out[channel]! * 255 * FIXED_POINT);
      }
      if (index % NODES_PER_SLICE === 0) yield;
    }
    makeExact(table, centres, colours, palette * LANES_PER_PALETTE);
  }
  return table;
}

/** Adds what interpolation misses at each centre to the nodes around it; repeated, as close centres share nodes. */
function makeExact(table: Int16Array, centres: readonly Centre[], targets: readonly Colour[], lane: number): void {
  for (let round = 0; round < EXACTNESS_ROUNDS; round++) {
    let missed = false;
    centres.forEach(({ rgb }, index) => {
      for (const channel of [0, 1, 2] as const) {
        const error = correctAt(table, rgb.map(Math.round), lane + channel, targets[index]!.rgb[channel]);
        missed ||= error;
      }
    });
    if (!missed) return;
  }
}

function correctAt(table: Int16Array, rgb: readonly number[], lane: number, wanted: number): boolean {
  const [red, green, blue] = [rgb[0]!, rgb[1]!, rgb[2]!];
  const error = Math.round(wanted * FIXED_POINT - interpolate(table, red, green, blue, lane));
  if (error === 0) return false;
  const lowest = lowestNodeOf(red, green, blue);
  for (const offset of CORNER_OFFSETS) table[(lowest + offset) * LANES_PER_NODE + lane]! += error;
  return true;
}

function interpolate(table: Int16Array, red: number, green: number, blue: number, lane: number): number {
  const { firstOffset, secondOffset, weights } = TETRAHEDRA;
  const position = positionOf(red, green, blue);
  const lowest = lowestNodeOf(red, green, blue);
  const valueAt = (offset: number): number => table[(lowest + offset) * LANES_PER_NODE + lane]!;
  const sum =
    weights[position * 4]! * valueAt(0) +
    weights[position * 4 + 1]! * valueAt(firstOffset[position]!) +
    weights[position * 4 + 2]! * valueAt(secondOffset[position]!) +
    weights[position * 4 + 3]! * valueAt(HIGHEST_OFFSET);
  return sum / 8;
}
