/**
 * Colours are looked up in a lattice of 33 nodes per channel, 8 levels apart: fine enough that interpolation errs by less
 * than a level, small enough to stay in the second-level cache. A cell is the cube between 8 nodes.
 */
export const CELLS_PER_SIDE = 32;
export const CELL_COUNT: number = CELLS_PER_SIDE ** 3;
export const NODES_PER_SIDE = 33;
export const NODE_COUNT: number = NODES_PER_SIDE ** 3;
/** Node distance from one red, green or blue step to the next. */
export const RED_STEP: number = NODES_PER_SIDE ** 2;
export const GREEN_STEP: number = NODES_PER_SIDE;
export const BLUE_STEP = 1;

/** Offsets of the 8 corners of a cell from its lowest node. */
export const CORNER_OFFSETS: readonly number[] = [0, RED_STEP].flatMap((red) =>
  [0, GREEN_STEP].flatMap((green) => [red + green, red + green + BLUE_STEP]),
);

/** Index of the cell that holds a colour (bytes). */
export function cellOf(red: number, green: number, blue: number): number {
  return ((red >> 3) << 10) | ((green >> 3) << 5) | (blue >> 3);
}

/** The lowest node of the cell that holds a colour (bytes). */
export function lowestNodeOf(red: number, green: number, blue: number): number {
  return (red >> 3) * RED_STEP + (green >> 3) * GREEN_STEP + (blue >> 3);
}

/** The nodes that interpolation within the marked cells can touch: all that has to be computed for an image. */
export function nodesOfCells(marked: Uint8Array): Int32Array {
  const needed = new Uint8Array(NODE_COUNT);
  for (let cell = 0; cell < CELL_COUNT; cell++) {
    if (marked[cell] === 0) continue;
    const lowest = (cell >> 10) * RED_STEP + ((cell >> 5) & 31) * GREEN_STEP + (cell & 31);
    for (const offset of CORNER_OFFSETS) needed[lowest + offset] = 1;
  }
  const nodes: number[] = [];
  for (let node = 0; node < NODE_COUNT; node++) if (needed[node] === 1) nodes.push(node);
  return Int32Array.from(nodes);
}
