import { BLUE_STEP, GREEN_STEP, RED_STEP } from './lattice.ts';

/**
 * Tetrahedral interpolation: a cell is cut into six tetrahedra along its black-white diagonal, so greys stay exact and
 * only four nodes are read. One entry per position within the cell (3 bits per channel): offsets of the two middle nodes,
 * and the weights, in eighths, of the lowest, the two middle and the highest node.
 */
export interface Tetrahedra {
  readonly firstOffset: Int32Array;
  readonly secondOffset: Int32Array;
  /** 4 per entry. */
  readonly weights: Uint8Array;
}

const POSITIONS = 512;

export const HIGHEST_OFFSET: number = RED_STEP + GREEN_STEP + BLUE_STEP;

/** Entry of {@link TETRAHEDRA} for a colour (bytes). */
export function positionOf(red: number, green: number, blue: number): number {
  return ((red & 7) << 6) | ((green & 7) << 3) | (blue & 7);
}

export const TETRAHEDRA: Tetrahedra = buildTetrahedra();

function buildTetrahedra(): Tetrahedra {
  const firstOffset = new Int32Array(POSITIONS);
  const secondOffset = new Int32Array(POSITIONS);
  const weights = new Uint8Array(POSITIONS * 4);
  for (let position = 0; position < POSITIONS; position++) {
    const axes = [
      { fraction: position >> 6, step: RED_STEP },
      { fraction: (position >> 3) & 7, step: GREEN_STEP },
      { fraction: position & 7, step: BLUE_STEP },
    ].toSorted((first, second) => second.fraction - first.fraction);
    const [largest, middle, smallest] = [axes[0]!, axes[1]!, axes[2]!];
    firstOffset[position] = largest.step;
    secondOffset[position] = largest.step + middle.step;
    weights.set(
      [
        8 - largest.fraction,
        largest.fraction - middle.fraction,
        middle.fraction - smallest.fraction,
        smallest.fraction,
      ],
      position * 4,
    );
  }
  return { firstOffset, secondOffset, weights };
}
