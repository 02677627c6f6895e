import { num } from './svg.ts';

/** Outlines of badges. */
export type BadgeShape =
  | 'circle'
  | 'squircle'
  | 'hexagon'
  | 'octagon'
  | 'shield'
  | 'arch'
  | 'diamond'
  | 'scallop'
  | 'blob'
  | 'heart'
  | 'drop';

type Point = readonly [number, number];

interface ShapeRecipe {
  /** Path around 0,0 whose half-height is about `radius`. */
  readonly outline: (radius: number) => string;
  /** Where a motif sits inside: offset and largest side, in units of the radius. */
  readonly inner: { readonly dx: number; readonly dy: number; readonly side: number };
}

const polar = (radius: number, degrees: number): Point => {
  const angle = (degrees * Math.PI) / 180;
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
};

const ring = (count: number, at: (turn: number) => Point): string =>
  `${Array.from({ length: count }, (_, step) => {
    const [x, y] = at((step / count) * 2 * Math.PI);
    return `${step === 0 ? 'M' : 'L'}${num(x)} ${num(y)}`;
  }).join('')}Z`;

const regular = (sides: number, radius: number, corner: number): string =>
  roundedPolygon(
    Array.from({ length: sides }, (_, side) => polar(radius, (180 / sides) * (2 * side + 1))),
    corner,
  );

const SHAPES: Readonly<Record<BadgeShape, ShapeRecipe>> = {
  circle: {
    outline: (r) => `M${num(-r)} 0A${num(r)} ${num(r)} 0 1 1 ${num(r)} 0A${num(r)} ${num(r)} 0 1 1 ${num(-r)} 0Z`,
    inner: { dx: 0, dy: 0, side: 1.16 },
  },
  squircle: { outline: squircle, inner: { dx: 0, dy: 0, side: 1.16 } },
  hexagon: { outline: (r) => regular(6, r * 1.03, r * 0.16), inner: { dx: 0, dy: 0, side: 1.12 } },
  octagon: { outline: (r) => regular(8, r * 1.02, r * 0.06), inner: { dx: 0, dy: 0, side: 1.14 } },
  shield: { outline: shield, inner: { dx: 0, dy: -0.06, side: 1.04 } },
  arch: { outline: arch, inner: { dx: 0, dy: 0.08, side: 1.06 } },
  diamond: {
    outline: (r) =>
      roundedPolygon(
        [
          [0, -r * 1.14],
          [r * 1.14, 0],
          [0, r * 1.14],
          [-r * 1.14, 0],
        ],
        r * 0.14,
      ),
    inner: { dx: 0, dy: 0, side: 1 },
  },
  scallop: {
    outline: (r) => ring(128, (turn) => [wave(r, turn) * Math.cos(turn), wave(r, turn) * Math.sin(turn)]),
    inner: { dx: 0, dy: 0, side: 1.14 },
  },
  blob: {
    outline: (r) => ring(120, (turn) => [pebble(r, turn) * Math.cos(turn), pebble(r, turn) * Math.sin(turn)]),
    inner: { dx: 0, dy: 0, side: 1.12 },
  },
  heart: { outline: heart, inner: { dx: 0, dy: -0.14, side: 0.98 } },
  drop: { outline: drop, inner: { dx: 0, dy: 0.26, side: 0.98 } },
};

export function isBadgeShape(value: unknown): value is BadgeShape {
  return typeof value === 'string' && Object.hasOwn(SHAPES, value);
}

export function shapePath(shape: BadgeShape, radius: number): string {
  return SHAPES[shape].outline(radius);
}

export function innerBox(shape: BadgeShape): ShapeRecipe['inner'] {
  return SHAPES[shape].inner;
}

const wave = (r: number, turn: number): number => r * (0.965 + 0.035 * Math.cos(16 * turn));
const pebble = (r: number, turn: number): number =>
  r * (0.97 + 0.045 * Math.sin(2 * turn + 0.6) + 0.03 * Math.sin(3 * turn + 2));

/** A superellipse, as app icons use. */
function squircle(r: number): string {
  const bend = (value: number): number => Math.sign(value) * Math.abs(value) ** 0.46 * r * 0.94;
  return ring(96, (turn) => [bend(Math.cos(turn)), bend(Math.sin(turn))]);
}

function shield(r: number): string {
  const [w, top] = [r * 0.9, -r * 0.94];
  return (
    `M0 ${num(top - r * 0.07)}C${num(w * 0.36)} ${num(top + r * 0.06)} ${num(w * 0.72)} ${num(top + r * 0.1)} ${num(w)} ${num(top + r * 0.1)}` +
    `C${num(w * 1.04)} ${num(top + r * 0.9)} ${num(w * 0.95)} ${num(r * 0.58)} 0 ${num(r * 1.08)}` +
    `C${num(-w * 0.95)} ${num(r * 0.58)} ${num(-w * 1.04)} ${num(top + r * 0.9)} ${num(-w)} ${num(top + r * 0.1)}` +
    `C${num(-w * 0.72)} ${num(top + r * 0.1)} ${num(-w * 0.36)} ${num(top + r * 0.06)} 0 ${num(top - r * 0.07)}Z`
  );
}

function arch(r: number): string {
  const [w, corner] = [r * 0.8, r * 0.06];
  return (
    `M${num(-w)} ${num(r - corner)}V${num(-r + w)}A${num(w)} ${num(w)} 0 0 1 ${num(w)} ${num(-r + w)}V${num(r - corner)}` +
    `Q${num(w)} ${num(r)} ${num(w - corner)} ${num(r)}H${num(-w + corner)}Q${num(-w)} ${num(r)} ${num(-w)} ${num(r - corner)}Z`
  );
}

function heart(r: number): string {
  return (
    `M0 ${num(r * 0.98)}C${num(-r * 0.5)} ${num(r * 0.55)} ${num(-r * 1.12)} ${num(r * 0.12)} ${num(-r * 1.12)} ${num(-r * 0.36)}` +
    `C${num(-r * 1.12)} ${num(-r * 0.98)} ${num(-r * 0.3)} ${num(-r * 1.08)} 0 ${num(-r * 0.5)}` +
    `C${num(r * 0.3)} ${num(-r * 1.08)} ${num(r * 1.12)} ${num(-r * 0.98)} ${num(r * 1.12)} ${num(-r * 0.36)}` +
    `C${num(r * 1.12)} ${num(r * 0.12)} ${num(r * 0.5)} ${num(r * 0.55)} 0 ${num(r * 0.98)}Z`
  );
}

function drop(r: number): string {
  return (
    `M0 ${num(-r * 1.12)}C${num(r * 0.28)} ${num(-r * 0.62)} ${num(r * 0.88)} ${num(-r * 0.2)} ${num(r * 0.88)} ${num(r * 0.3)}` +
    `A${num(r * 0.88)} ${num(r * 0.8)} 0 1 1 ${num(-r * 0.88)} ${num(r * 0.3)}` +
    `C${num(-r * 0.88)} ${num(-r * 0.2)} ${num(-r * 0.28)} ${num(-r * 0.62)} 0 ${num(-r * 1.12)}Z`
  );
}

/** A polygon whose corners are cut by quadratic curves that start `corner` away from each. */
export function roundedPolygon(points: readonly Point[], corner: number): string {
  const at = (index: number): Point => points[(index + points.length) % points.length] as Point;
  const towards = (from: Point, to: Point): string => {
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
    const share = Math.min(corner, length / 2) / length;
    return `${num(from[0] + (to[0] - from[0]) * share)} ${num(from[1] + (to[1] - from[1]) * share)}`;
  };
  const corners = points.map((point, index) => {
    const start = towards(point, at(index - 1));
    return `${index === 0 ? 'M' : 'L'}${start}Q${num(point[0])} ${num(point[1])} ${towards(point, at(index + 1))}`;
  });
  return `${corners.join('')}Z`;
}
