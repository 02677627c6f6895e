import type { Field } from './canvas.ts';
import { circle, group, num, path } from './svg.ts';

/** A star with `points` points; `waist` is its inner radius as a share of the outer. */
export function star(cx: number, cy: number, radius: number, fill: string, points = 5, waist = 0.42): string {
  let d = '';
  for (let step = 0; step < points * 2; step++) {
    const angle = ((step * 180) / points - 90) * (Math.PI / 180);
    const reach = step % 2 === 1 ? radius * waist : radius;
    d += `${step === 0 ? 'M' : 'L'}${num(cx + reach * Math.cos(angle))} ${num(cy + reach * Math.sin(angle))}`;
  }
  return path(`${d}Z`, { fill });
}

/** A four-pointed glint with hollow sides. */
export function sparkle(cx: number, cy: number, radius: number, fill: string): string {
  const waist = radius * 0.12;
  const corners: readonly (readonly [number, number, number, number])[] = [
    [waist, -waist, radius, 0],
    [waist, waist, 0, radius],
    [-waist, waist, -radius, 0],
    [-waist, -waist, 0, -radius],
  ];
  const curves = corners.map(([x1, y1, x, y]) => `Q${num(cx + x1)} ${num(cy + y1)} ${num(cx + x)} ${num(cy + y)}`);
  return path(`M${num(cx)} ${num(cy - radius)}${curves.join('')}Z`, { fill });
}

/** Wedges around a centre; `share` of each turn is filled. */
export function rays(field: Field, count: number, fill: string, share = 0.5): string {
  const { cx, cy, radius } = field;
  let d = '';
  for (let ray = 0; ray < count; ray++) {
    const from = (ray / count) * 2 * Math.PI;
    const to = from + (share * 2 * Math.PI) / count;
    d += `M${num(cx)} ${num(cy)}L${num(cx + radius * Math.cos(from))} ${num(cy + radius * Math.sin(from))}`;
    d += `L${num(cx + radius * Math.cos(to))} ${num(cy + radius * Math.sin(to))}Z`;
  }
  return path(d, { fill });
}

const LAUREL_LEAVES = 12;
const LAUREL_SPAN_DEGREES = 128;

/** Two branches that hug a circle from below and open at the top. */
export function laurel(cx: number, cy: number, radius: number, fill: string): string {
  return [-1, 1].map((side) => branch(cx, cy, radius, fill, side)).join('');
}

function branch(cx: number, cy: number, radius: number, fill: string, side: number): string {
  const degreesAt = (share: number): number => 90 + side * (6 + share * LAUREL_SPAN_DEGREES);
  const pointAt = (degrees: number): [number, number] => [
    cx + radius * Math.cos((degrees * Math.PI) / 180),
    cy + radius * Math.sin((degrees * Math.PI) / 180),
  ];
  const stem = Array.from({ length: 25 }, (_, step) => {
    const [x, y] = pointAt(degreesAt(step / 24));
    return `${step === 0 ? 'M' : 'L'}${num(x)} ${num(y)}`;
  }).join('');
  let leaves = '';
  for (let leaf = 0; leaf < LAUREL_LEAVES; leaf++) {
    const share = (leaf + 0.6) / LAUREL_LEAVES;
    const degrees = degreesAt(share);
    const [x, y] = pointAt(degrees);
    const length = radius * 0.13 * (1 - 0.42 * share);
    for (const flank of [-1, 1]) {
      const turn = degrees + side * 90 + flank * side * 38;
      leaves += path(leafPath(length), { fill }, `translate(${num(x)} ${num(y)}) rotate(${num(turn)})`);
    }
  }
  return path(stem, { stroke: fill, strokeWidth: radius * 0.013 }) + leaves;
}

const leafPath = (length: number): string =>
  `M0 0C${num(length * 0.3)} ${num(-length * 0.3)} ${num(length * 0.8)} ${num(-length * 0.26)} ${num(length)} 0` +
  `C${num(length * 0.8)} ${num(length * 0.26)} ${num(length * 0.3)} ${num(length * 0.3)} 0 0Z`;

/** Petals around a centre, alternating two fills. */
export function rosette(field: Field, petals: number, fills: readonly [string, string]): string {
  const { cx, cy, radius } = field;
  const d = `M0 0C${num(radius * 0.31)} ${num(-radius * 0.45)} ${num(radius * 0.23)} ${num(-radius * 0.85)} 0 ${num(-radius)}C${num(-radius * 0.23)} ${num(-radius * 0.85)} ${num(-radius * 0.31)} ${num(-radius * 0.45)} 0 0Z`;
  const around = Array.from({ length: petals }, (_, petal) =>
    path(d, { fill: fills[petal % 2 === 0 ? 0 : 1] }, `rotate(${num((petal * 360) / petals)})`),
  );
  return group(around.join(''), `translate(${num(cx)} ${num(cy)})`);
}

/** Dots evenly placed on a circle. */
export function beads(cx: number, cy: number, radius: number, count: number, fill: string): string {
  return Array.from({ length: count }, (_, bead) => {
    const angle = (bead / count) * 2 * Math.PI;
    return circle(cx + radius * Math.cos(angle), cy + radius * Math.sin(angle), radius * 0.014, { fill });
  }).join('');
}
