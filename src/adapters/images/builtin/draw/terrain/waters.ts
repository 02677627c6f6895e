import type { Random } from '../../random/seeded-random.ts';
import type { Field } from '../canvas.ts';
import type { SceneColours } from '../scene-colours.ts';
import { circle, num, path } from '../svg.ts';
import { rollingHills, type TerrainPainter } from './land.ts';
import { farMountains } from './mountains.ts';

/** Rows of waves with glints, from just below the centre. */
export const sea: TerrainPainter = (random, field, colours) => waves(random, field, colours, 0.24);

export const lake: TerrainPainter = (random, field, colours) =>
  farMountains(random, field, colours) + waves(random, field, colours, 0.42);

function waves(random: Random, { cx, cy, radius }: Field, colours: SceneColours, top: number): string {
  const fills = [colours.far, colours.mid, colours.near, colours.ground];
  return fills
    .map((fill, layer) => {
      const crest = cy + radius * (top + 0.19 * layer);
      const length = radius * (0.26 + 0.05 * layer);
      const height = radius * (0.045 + 0.012 * layer) * 1.6;
      const start = cx - radius * 1.4 + (random() - 0.5) * length * 2;
      let d = `M${num(start)} ${num(cy + radius * 1.3)}V${num(crest)}`;
      for (let x = start; x < cx + radius * 1.4; x += length) {
        d += `q${num(length * 0.25)} ${num(-height)} ${num(length * 0.5)} 0t${num(length * 0.5)} 0`;
      }
      const row = path(`${d}V${num(cy + radius * 1.3)}Z`, { fill });
      return layer < 3 ? row + glints(random, { cx, cy, radius }, crest, colours.light) : row;
    })
    .join('');
}

function glints(random: Random, { cx, radius }: Field, crest: number, light: string): string {
  return Array.from({ length: 3 }, () => {
    const x = cx - radius * 0.8 + radius * 1.6 * random();
    const y = crest + radius * (0.07 + 0.05 * random());
    const width = radius * (0.07 + 0.08 * random());
    return `<path d="M${num(x)} ${num(y)}q${num(width / 2)} ${num(-radius * 0.025)} ${num(width)} 0" fill="none" stroke="${light}" stroke-opacity="0.55" stroke-width="${num(radius * 0.013)}" stroke-linecap="round"/>`;
  }).join('');
}

/** Shafts of light, weed at both sides, bubbles and a sandy floor. */
export const underwater: TerrainPainter = (random, field, colours) => {
  const { cx, cy, radius } = field;
  let drawn = '';
  for (let shaft = 0; shaft < 4; shaft++) {
    const x = cx - radius * 0.7 + radius * 0.45 * shaft;
    const d = `M${num(x)} ${num(cy - radius * 1.1)}L${num(x + radius * 0.2)} ${num(cy - radius * 1.1)}L${num(x + radius * 0.5)} ${num(cy + radius)}L${num(x + radius * 0.05)} ${num(cy + radius)}Z`;
    drawn += path(d, { fill: colours.light, opacity: 0.08 });
  }
  for (let stalk = 0; stalk < 5; stalk++) {
    for (const side of [-1, 1]) {
      const height = radius * (0.75 - 0.13 * stalk) * (0.8 + 0.3 * random());
      drawn += weed(
        cx + side * radius * (0.8 - 0.1 * stalk),
        cy + radius,
        height,
        radius,
        stalk % 2 === 1 ? colours.glow : colours.far,
      );
    }
  }
  for (let bubble = 0; bubble < 10; bubble++) {
    const x = cx + (random() - 0.5) * radius * 1.5;
    const y = cy + (random() - 0.75) * radius * 1.1;
    drawn += circle(x, y, radius * (0.012 + 0.022 * random()), { stroke: colours.light, strokeWidth: radius * 0.01 });
  }
  return drawn + rollingHills(random, field, { fills: [colours.near, colours.ground], top: 0.62 });
};

function weed(x: number, floor: number, height: number, radius: number, colour: string): string {
  const d =
    `M${num(x)} ${num(floor)}c${num(-radius * 0.12)} ${num(-height * 0.3)} ${num(radius * 0.12)} ${num(-height * 0.4)} 0 ${num(-height * 0.7)}` +
    `c${num(-radius * 0.06)} ${num(-height * 0.2)} ${num(radius * 0.05)} ${num(-height * 0.25)} 0 ${num(-height * 0.3)}`;
  return path(d, { stroke: colour, strokeWidth: radius * 0.055 });
}
