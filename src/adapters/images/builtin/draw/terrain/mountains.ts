import type { Random } from '../../random/seeded-random.ts';
import type { Field } from '../canvas.ts';
import type { SceneColours } from '../scene-colours.ts';
import { num, path } from '../svg.ts';
import type { TerrainPainter } from './land.ts';

type Point = readonly [number, number];

/** Three ridges with shaded flanks; the two far ones are capped with snow. */
export const mountains: TerrainPainter = (random, field, colours) => ridges(random, field, colours, 3);

/** As {@link mountains}, with room for water in front. */
export const farMountains: TerrainPainter = (random, field, colours) => ridges(random, field, colours, 2);

function ridges(random: Random, field: Field, colours: SceneColours, layers: number): string {
  const fills = [colours.far, colours.mid, colours.near];
  return Array.from({ length: layers }, (_, layer) => {
    const crest = ridgeLine(random, field, layer);
    return ridgeBody(crest, field, fills[layer] ?? colours.near) + flanks(crest, field, colours, layer < 2);
  }).join('');
}

const PEAKS_OF_LAYER = [4, 6, 8] as const;

function ridgeLine(random: Random, { cx, cy, radius }: Field, layer: number): Point[] {
  const count = PEAKS_OF_LAYER[layer] ?? 8;
  const base = cy + radius * (0.28 + 0.24 * layer);
  const height = radius * (0.8 - 0.2 * layer);
  const width = radius * 2.3;
  return Array.from({ length: count + 1 }, (_, index): Point => {
    const peak = index % 2 === 1 ? 1 : 0.25 + 0.3 * random();
    const x = cx - width / 2 + width * (index / count + ((random() - 0.5) * 0.35) / count);
    return [x, base - height * peak * (0.65 + 0.45 * random())];
  });
}

function ridgeBody(crest: readonly Point[], { cx, cy, radius }: Field, fill: string): string {
  const floor = num(cy + radius * 1.2);
  const line = crest.map(([x, y]) => `L${num(x)} ${num(y)}`).join('');
  return path(`M${num(cx - radius * 1.15)} ${floor}${line}L${num(cx + radius * 1.15)} ${floor}Z`, { fill });
}

function flanks(crest: readonly Point[], field: Field, colours: SceneColours, capped: boolean): string {
  let drawn = '';
  for (let index = 1; index < crest.length - 1; index += 2) {
    const [left, peak, right] = crest.slice(index - 1, index + 2) as [Point, Point, Point];
    drawn += shade(peak, right, field, colours.night ? 0.16 : 0.1);
    if (capped) drawn += snowCap(left, peak, right, field.radius, colours);
  }
  return drawn;
}

function shade([px, py]: Point, [qx, qy]: Point, { cy, radius }: Field, opacity: number): string {
  const floor = cy + radius * 1.2;
  const d =
    `M${num(px)} ${num(py)}L${num(qx)} ${num(qy)}L${num(qx)} ${num(floor)}L${num(px + (qx - px) * 0.18)} ${num(floor)}` +
    `L${num(px - radius * 0.03)} ${num(py + (qy - py) * 0.62 + radius * 0.06)}L${num(px + radius * 0.02)} ${num(py + (qy - py) * 0.35)}Z`;
  return path(d, { fill: '#000000', opacity });
}

/** The share of a flank that snow reaches down. */
const SNOW_LINE = 0.3;

function snowCap([lx, ly]: Point, [px, py]: Point, [qx, qy]: Point, radius: number, colours: SceneColours): string {
  const jag = radius * 0.045;
  const left: Point = [px + (lx - px) * SNOW_LINE, py + (ly - py) * SNOW_LINE];
  const right: Point = [px + (qx - px) * SNOW_LINE, py + (qy - py) * SNOW_LINE];
  const d =
    `M${num(px)} ${num(py)}L${num(right[0])} ${num(right[1])}L${num(px + (right[0] - px) * 0.45)} ${num(right[1] - jag)}` +
    `L${num(px + jag * 0.2)} ${num(Math.max(left[1], right[1]) + jag * 0.5)}` +
    `L${num(px + (left[0] - px) * 0.5)} ${num(left[1] - jag * 0.8)}L${num(left[0])} ${num(left[1])}Z`;
  return path(d, { fill: colours.light, opacity: colours.night ? 0.88 : 1 });
}
