import type { Random } from '../../random/seeded-random.ts';
import type { Field } from '../canvas.ts';
import type { SceneColours } from '../scene-colours.ts';
import { ellipse, group, num, path, rect } from '../svg.ts';
import type { TerrainPainter } from './land.ts';

/** Two rows of towers, the nearer with lit windows. */
export const city: TerrainPainter = (random, field, colours) => {
  const { cx, cy, radius } = field;
  return (
    towerRow(random, field, { y: 0.3, height: 0.62, width: 0.13, fill: colours.far }) +
    towerRow(random, field, { y: 0.45, height: 0.55, width: 0.16, fill: colours.mid, windows: colours.disc }) +
    rect(cx - radius * 1.2, cy + radius * 0.56, radius * 2.4, radius, { fill: colours.ground })
  );
};

interface TowerRow {
  readonly y: number;
  readonly height: number;
  readonly width: number;
  readonly fill: string;
  readonly windows?: string;
}

function towerRow(random: Random, field: Field, row: TowerRow): string {
  const { cx, cy, radius } = field;
  let drawn = '';
  for (let x = cx - radius * 1.1; x < cx + radius * 1.1;) {
    const width = radius * (row.width + 0.09 * random());
    const top = cy + radius * row.y - radius * row.height * (0.45 + 0.6 * random());
    drawn += path(
      `M${num(x)} ${num(cy + radius * 1.2)}V${num(top)}${roof(random(), width, top, x)}V${num(cy + radius * 1.2)}Z`,
      { fill: row.fill },
    );
    if (row.windows !== undefined)
      drawn += litWindows(random, { x, top, width, floor: cy + radius * 0.6 }, row.windows);
    x += width * 1.04;
  }
  return drawn;
}

function roof(kind: number, width: number, top: number, x: number): string {
  if (kind < 0.3) return `L${num(x + width * 0.5)} ${num(top - width * 0.45)}L${num(x + width)} ${num(top)}`;
  if (kind < 0.5)
    return `h${num(width * 0.3)}v${num(-width * 0.3)}h${num(width * 0.4)}v${num(width * 0.3)}h${num(width * 0.3)}`;
  return `h${num(width)}`;
}

interface Tower {
  readonly x: number;
  readonly top: number;
  readonly width: number;
  readonly floor: number;
}

function litWindows(random: Random, { x, top, width, floor }: Tower, fill: string): string {
  let drawn = '';
  for (let y = top + width * 0.25; y < floor; y += width * 0.42) {
    for (let column = 0; column < 3; column++) {
      const isLit = random() < 0.55;
      if (isLit)
        drawn += rect(x + width * (0.18 + 0.24 * column), y, width * 0.14, width * 0.2, { fill, opacity: 0.85 });
    }
  }
  return drawn;
}

/** Sand in long crests, each with a shaded lee. */
export const dunes: TerrainPainter = (random, { cx, cy, radius }, colours) =>
  [colours.far, colours.mid, colours.near, colours.ground]
    .map((fill, layer) => {
      const y = cy + radius * (0.2 + 0.2 * layer);
      const crest = cx + (layer % 2 === 1 ? 1 : -1) * radius * (0.15 + 0.4 * random());
      const lee = `Q${num(crest + radius * 0.35)} ${num(y + radius * 0.14)} ${num(cx + radius * 1.3)} ${num(y + radius * 0.02)}`;
      const top = `${num(crest)} ${num(y - radius * 0.12)}`;
      const body = `M${num(cx - radius * 1.3)} ${num(y + radius * 0.14)}Q${num(crest - radius * 0.5)} ${num(y + radius * 0.1)} ${top}${lee}V${num(cy + radius * 1.3)}H${num(cx - radius * 1.3)}Z`;
      const shadow = `M${top}${lee}V${num(y + radius * 0.5)}Q${num(crest + radius * 0.2)} ${num(y + radius * 0.36)} ${top}Z`;
      return path(body, { fill }) + path(shadow, { fill: '#000000', opacity: 0.1 });
    })
    .join('');

/** A ringed planet above a cratered horizon. */
export const space: TerrainPainter = (random, { cx, cy, radius }, colours: SceneColours) => {
  const px = cx + (random() < 0.5 ? -1 : 1) * radius * 0.55;
  const py = cy - radius * 0.12;
  const size = radius * 0.17;
  const planet =
    ellipse(px, py, size, size, { fill: colours.glow }) +
    ellipse(px, py, size * 1.75, size * 0.42, { stroke: colours.light, strokeWidth: radius * 0.018 });
  let drawn = group(planet, `rotate(-18 ${num(px)} ${num(py)})`);
  drawn += ellipse(cx, cy + radius * 1.28, radius * 1.35, radius * 0.72, { fill: colours.mid });
  for (let crater = 0; crater < 9; crater++) {
    const x = cx + (random() - 0.5) * radius * 1.5;
    const y = cy + radius * (0.72 + 0.26 * random());
    const width = radius * (0.05 + 0.09 * random());
    drawn += ellipse(x, y, width, width * 0.36, { fill: colours.near });
  }
  return drawn;
};
