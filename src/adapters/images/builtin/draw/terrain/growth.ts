import { CANVAS } from '../canvas.ts';
import type { Field } from '../canvas.ts';
import type { Random } from '../../random/seeded-random.ts';
import { group, num, path, rect } from '../svg.ts';
import { rollingHills, type TerrainPainter } from './land.ts';

/** Two rows of firs behind, taller ones at the sides. */
export const forest: TerrainPainter = (random, field, colours) => {
  const { cx, cy, radius } = field;
  let drawn = treeRow(random, field, { count: 12, y: 0.42, height: 0.42, fill: colours.far });
  drawn += treeRow(random, field, { count: 9, y: 0.56, height: 0.56, fill: colours.mid });
  drawn += rollingHills(random, field, { fills: [colours.near], top: 0.5 });
  for (const side of [-1, 1]) {
    for (let tree = 0; tree < 3; tree++) {
      const x = cx + side * radius * (0.66 + 0.17 * tree);
      drawn += fir(
        x,
        cy + radius * (0.82 + 0.04 * tree),
        radius * (0.72 + 0.12 * tree),
        tree % 2 === 1 ? colours.near : colours.ground,
      );
    }
  }
  return drawn + rollingHills(random, field, { fills: [colours.ground], top: 0.74 });
};

interface TreeRow {
  readonly count: number;
  readonly y: number;
  readonly height: number;
  readonly fill: string;
}

function treeRow(random: Random, { cx, cy, radius }: Field, { count, y, height, fill }: TreeRow): string {
  return Array.from({ length: count }, (_, tree) => {
    const share = (tree + 0.5) / count;
    const outward = Math.abs(share - 0.5) * 2;
    const x = cx - radius * 1.08 + 2.16 * radius * (share + ((random() - 0.5) * 0.5) / count);
    return fir(
      x,
      cy + radius * (y + 0.03 * random()),
      radius * height * (0.72 + 0.45 * outward + 0.2 * random()),
      fill,
    );
  }).join('');
}

function fir(x: number, foot: number, height: number, fill: string): string {
  let d = '';
  for (let tier = 0; tier < 3; tier++) {
    const top = foot - height + height * 0.24 * tier;
    const bottom = top + height * (0.36 + 0.06 * tier);
    const half = (height * 0.46 * (0.5 + 0.28 * tier)) / 1.06;
    d += `M${num(x)} ${num(top)}L${num(x + half)} ${num(bottom)}Q${num(x)} ${num(bottom - height * 0.05)} ${num(x - half)} ${num(bottom)}Z`;
  }
  return rect(x - height * 0.035, foot - height * 0.2, height * 0.07, height * 0.2, { fill }) + path(d, { fill });
}

/** Fronds from both sides over soft hills. */
export const jungle: TerrainPainter = (random, field, colours) => {
  const { cx, cy, radius } = field;
  const fills = [colours.mid, colours.near, colours.ground];
  let drawn = rollingHills(random, field, { fills: [colours.far, colours.mid], top: 0.34 });
  fills.forEach((fill, rank) => {
    for (const side of [-1, 1]) {
      const x = cx + side * radius * (0.98 - 0.16 * rank);
      drawn += frond(
        x,
        cy + radius * (0.82 + 0.1 * rank),
        radius * (0.66 - 0.08 * rank),
        -side * (18 + rank * 16),
        fill,
      );
    }
  });
  return drawn + rollingHills(random, field, { fills: [colours.ground], top: 0.76 });
};

function frond(x: number, y: number, length: number, degrees: number, fill: string): string {
  const leaf = `M0 0C${num(length * 0.16)} ${num(-length * 0.4)} ${num(length * 0.1)} ${num(-length * 0.8)} 0 ${num(-length)}C${num(-length * 0.1)} ${num(-length * 0.8)} ${num(-length * 0.16)} ${num(-length * 0.4)} 0 0Z`;
  const leaves = Array.from({ length: 7 }, (_, index) => path(leaf, { fill }, `rotate(${num((index - 3) * 26)})`));
  return group(leaves.join(''), `translate(${num(x)} ${num(y)}) rotate(${num(degrees)})`);
}

/** Furrows that run to a vanishing point on the horizon. */
export const field: TerrainPainter = (random, area, colours) => {
  const { cx, cy, radius } = area;
  const horizon = cy + radius * 0.36;
  const vanish = cx + (random() - 0.5) * radius * 0.5;
  let drawn = rollingHills(random, area, { fills: [colours.far, colours.mid], top: 0.06 });
  const edge = `M${num(cx - radius * 1.2)} ${num(horizon + radius * 0.02)}Q${num(cx)} ${num(horizon - radius * 0.1)} ${num(cx + radius * 1.2)} ${num(horizon + radius * 0.02)}V${CANVAS}H${num(cx - radius * 1.2)}Z`;
  drawn += path(edge, { fill: colours.near });
  for (let furrow = -7; furrow <= 7; furrow++) {
    const top = vanish + furrow * radius * 0.055;
    const foot = vanish + furrow * radius * 0.34;
    const half = radius * 0.075;
    const bend = cy + radius * 0.66;
    const d =
      `M${num(top)} ${num(horizon - radius * 0.02)}Q${num((vanish + foot) / 2 + furrow * radius * 0.02)} ${num(bend)} ${num(foot - half)} ${num(cy + radius * 1.2)}` +
      `H${num(foot + half)}Q${num((vanish + foot) / 2 + furrow * radius * 0.03)} ${num(bend)} ${num(top)} ${num(horizon - radius * 0.02)}Z`;
    drawn += path(d, { fill: colours.ground, opacity: 0.55 });
  }
  return drawn;
};
