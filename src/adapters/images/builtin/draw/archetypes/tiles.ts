import { pickOne, type Random } from '../../random/seeded-random.ts';
import { CENTRE } from '../canvas.ts';
import type { ArchetypePainter } from '../draw-context.ts';
import { pairOn } from '../hero.ts';
import { circle, clipped, group, num, path, rect } from '../svg.ts';

const TILE = 268;
const ORIGIN = CENTRE - TILE * 1.5;
const HALF = TILE / 2;

/** A Bauhaus mosaic of three by three tiles, four of which make one field for the hero. */
export const tiles: ArchetypePainter = (context) => {
  const { roles, layout, random } = context;
  const heroColumn = random() < 0.5 ? 0 : 1;
  const heroRow = random() < 0.5 ? 0 : 1;
  const colours = [roles.secondary, roles.accent, roles.surface, roles.ink, roles.primary];
  let content = '';
  let turn = Math.floor(random() * colours.length);
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) {
      const isHero = column >= heroColumn && column < heroColumn + 2 && row >= heroRow && row < heroRow + 2;
      if (isHero) continue;
      const ground = colours[turn % colours.length] as string;
      const figure = colours[(turn + 1 + (random() < 0.5 ? 1 : 0)) % colours.length] as string;
      content += tile(random, ORIGIN + column * TILE, ORIGIN + row * TILE, ground, figure);
      turn++;
    }
  }
  const x = ORIGIN + heroColumn * TILE;
  const y = ORIGIN + heroRow * TILE;
  content += rect(x, y, TILE * 2, TILE * 2, { fill: roles.primary });
  content += pairOn(context, roles.primary, { cx: x + TILE, cy: y + TILE, side: TILE * 1.42 * layout.scale });
  return clipped('mosaic', roundedSquare(TILE * 3, 40), `translate(${ORIGIN} ${ORIGIN})`, content);
};

function roundedSquare(side: number, corner: number): string {
  const arc = (x: number, y: number): string => `a${corner} ${corner} 0 0 1 ${x} ${y}`;
  const straight = side - 2 * corner;
  return `M${corner} 0h${straight}${arc(corner, corner)}v${straight}${arc(-corner, corner)}h${-straight}${arc(-corner, -corner)}v${-straight}${arc(corner, -corner)}Z`;
}

type Figure = (fill: string) => string;

const quarterDisc: Figure = (fill) =>
  path(`M${-HALF} ${-HALF}A${TILE} ${TILE} 0 0 1 ${HALF} ${HALF}H${-HALF}Z`, { fill });
const hills: Figure = (fill) =>
  path(`M${-HALF} 0A${HALF} ${HALF} 0 0 1 ${HALF} 0ZM${-HALF} ${HALF}A${HALF} ${HALF} 0 0 1 ${HALF} ${HALF}Z`, {
    fill,
  });
const dot: Figure = (fill) => circle(0, 0, TILE * 0.34, { fill });
const triangle: Figure = (fill) => path(`M${-HALF} ${HALF}L${HALF} ${-HALF}V${HALF}Z`, { fill });
const rings: Figure = (fill) =>
  [0.3, 0.55, 0.8]
    .map((share) => circle(-HALF, HALF, TILE * share, { stroke: fill, strokeWidth: TILE * 0.1 }))
    .join('');

const FIGURES: readonly Figure[] = [quarterDisc, hills, dot, triangle, rings];

function tile(random: Random, x: number, y: number, ground: string, figure: string): string {
  const drawn = pickOne(random, FIGURES)(figure);
  const quarters = Math.floor(random() * 4) * 90;
  const id = `tile-${num(x)}-${num(y)}`;
  const place = `translate(${num(x + HALF)} ${num(y + HALF)}) rotate(${quarters})`;
  const square = `M0 0h${TILE}v${TILE}h${-TILE}Z`;
  return (
    rect(x, y, TILE, TILE, { fill: ground }) +
    clipped(id, square, `translate(${num(x)} ${num(y)})`, group(drawn, place))
  );
}
