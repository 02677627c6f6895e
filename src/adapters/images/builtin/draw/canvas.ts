/** Side of every picture, in pixels. */
export const CANVAS = 1024;
export const CENTRE = CANVAS / 2;

/** A round area that terrain and sky are drawn into. */
export interface Field {
  readonly cx: number;
  readonly cy: number;
  readonly radius: number;
}
