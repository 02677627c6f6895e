import type { Random } from '../../random/seeded-random.ts';
import type { Field } from '../canvas.ts';
import type { SceneColours } from '../scene-colours.ts';
import { num, path } from '../svg.ts';

/** Draws a landscape into the lower part of a field; sky and hero are drawn by others. */
export type TerrainPainter = (random: Random, field: Field, colours: SceneColours) => string;

export interface HillOptions {
  readonly fills: readonly string[];
  /** Height of the first crest, in units of the radius below the centre. */
  readonly top: number;
}

/** Rolling hills, one layer per fill, each lower than the one before. */
export function rollingHills(random: Random, { cx, cy, radius }: Field, { fills, top }: HillOptions): string {
  return fills
    .map((fill, layer) => {
      const crest = cy + radius * (top + 0.2 * layer);
      const swing = radius * (0.13 - 0.02 * layer);
      const phase = random() * 2 * Math.PI;
      const waves = 1.1 + random() * 0.8;
      let d = `M${num(cx - radius * 1.2)} ${num(cy + radius * 1.25)}`;
      for (let step = 0; step <= 40; step++) {
        const share = step / 40;
        const y = crest - swing * Math.sin(phase + waves * share * 2 * Math.PI);
        d += `L${num(cx - radius * 1.2 + 2.4 * radius * share)} ${num(y)}`;
      }
      return path(`${d}L${num(cx + radius * 1.2)} ${num(cy + radius * 1.25)}Z`, { fill });
    })
    .join('');
}

export const hills: TerrainPainter = (random, field, { far, mid, near, ground }) =>
  rollingHills(random, field, { fills: [far, mid, near, ground], top: 0.16 });
