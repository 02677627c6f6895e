import type { Rgb } from '../colour/hex.ts';
import type { Lab } from '../colour/lab.ts';

/** A colour with both of its descriptions; `rgb` is 0..255. */
export interface Colour {
  readonly rgb: Rgb;
  readonly lab: Lab;
}

/** A dominant colour of an image. */
export interface Centre extends Colour {
  /** Share of the image's weight, 0..1. */
  readonly share: number;
}
