/** What sort of thing a motif shows. */
export type MotifKind = 'animal' | 'plant' | 'food' | 'place' | 'people' | 'face' | 'activity' | 'object' | 'symbol';

/** [x, y, width, height] of the visible pixels on the motif's 32 x 32 grid. */
export type MotifBox = readonly [number, number, number, number];

interface MotifDrawing {
  /** Byte offset and length in motif-bodies.txt. */
  readonly at: readonly [number, number];
  readonly box: MotifBox;
}

/** A drawing in the catalogue, found by its names and keywords. */
export interface Motif {
  /** `family:name`; the family decides the licence. */
  readonly id: string;
  readonly label: string;
  readonly alts: readonly string[];
  readonly kind: MotifKind;
  readonly tags: readonly string[];
  /** In several colours; `colours` are its fills with their share of the visible area. */
  readonly flat: MotifDrawing & { readonly colours: readonly (readonly [string, number])[] };
  /** In one colour (`currentColor`), where the source has one. */
  readonly mono: MotifDrawing | null;
}

/** Side of the grid that every motif is drawn on. */
export const MOTIF_GRID = 32;
