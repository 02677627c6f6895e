import type { Random } from '../random/seeded-random.ts';
import type { Field } from './canvas.ts';
import { sparkle } from './ornaments.ts';
import type { SceneColours } from './scene-colours.ts';
import { circle, num, path } from './svg.ts';

/** A place in a field: offsets and size in units of its radius. */
export interface SkyPlace {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

const placed = ({ cx, cy, radius }: Field, { x, y, size }: SkyPlace): { x: number; y: number; r: number } => ({
  x: cx + radius * x,
  y: cy + radius * y,
  r: radius * size,
});

export function sun(field: Field, colours: SceneColours, place: SkyPlace): string {
  const { x, y, r } = placed(field, place);
  return (
    circle(x, y, r * 1.7, { fill: colours.disc, opacity: 0.14 }) +
    circle(x, y, r * 1.32, { fill: colours.disc, opacity: 0.22 }) +
    circle(x, y, r, { fill: colours.disc })
  );
}

/** Offsets and radii of the moon's craters, in units of its radius. */
const CRATERS = [
  [-0.3, -0.2, 0.2],
  [0.25, 0.3, 0.26],
  [0.32, -0.38, 0.12],
  [-0.2, 0.5, 0.1],
] as const;

export function moon(field: Field, colours: SceneColours, place: SkyPlace): string {
  const { x, y, r } = placed(field, place);
  const craters = CRATERS.map(([dx, dy, size]) =>
    circle(x + dx * r, y + dy * r, size * r, { fill: '#000000', opacity: 0.07 }),
  );
  return (
    circle(x, y, r * 1.75, { fill: colours.disc, opacity: 0.08 }) +
    circle(x, y, r * 1.35, { fill: colours.disc, opacity: 0.12 }) +
    circle(x, y, r, { fill: colours.disc }) +
    craters.join('')
  );
}

export function crescent(field: Field, colours: SceneColours, place: SkyPlace): string {
  const { x, y, r } = placed(field, place);
  const d =
    `M${num(x + r * 0.35)} ${num(y - r * 0.94)}A${num(r)} ${num(r)} 0 1 0 ${num(x + r * 0.94)} ${num(y + r * 0.35)}` +
    `A${num(r * 0.78)} ${num(r * 0.78)} 0 0 1 ${num(x + r * 0.35)} ${num(y - r * 0.94)}Z`;
  return path(d, { fill: colours.disc });
}

/** Stars over the upper half, every sixth one a glint. */
export function stars(random: Random, { cx, cy, radius }: Field, colours: SceneColours, count = 30): string {
  let drawn = '';
  for (let index = 0; index < count; index++) {
    const angle = Math.PI * (1 + random());
    const distance = radius * (0.25 + 0.72 * Math.sqrt(random()));
    const x = cx + distance * Math.cos(angle);
    const y = cy + distance * Math.sin(angle) + radius * 0.05;
    drawn +=
      index % 6 === 0
        ? sparkle(x, y, radius * (0.03 + 0.03 * random()), colours.light)
        : circle(x, y, radius * (0.006 + 0.007 * random()), { fill: colours.light, opacity: 0.5 + 0.5 * random() });
  }
  return drawn;
}

export function clouds(random: Random, { cx, cy, radius }: Field, colours: SceneColours, count = 3): string {
  let drawn = '';
  for (let index = 0; index < count; index++) {
    const x = cx + radius * (-0.75 + (1.5 * (index + 0.3 + 0.4 * random())) / count);
    const y = cy - radius * (0.25 + 0.4 * random());
    drawn += path(cloudPath(x, y, radius * (0.3 + 0.16 * random())), {
      fill: colours.light,
      opacity: colours.night ? 0.28 : 0.9,
    });
  }
  return drawn;
}

function cloudPath(x: number, y: number, width: number): string {
  const h = width * 0.26;
  const arc = (size: number, dx: number, dy: number): string =>
    `a${num(h * size)} ${num(h * size)} 0 0 1 ${num(h * dx)} ${num(h * dy)}`;
  return `M${num(x - width / 2)} ${num(y)}${arc(0.5, 0.35, -0.95)}${arc(0.72, 1.35, -0.35)}${arc(0.6, 1.1, 0.32)}${arc(0.5, 0.45, 0.98)}Z`;
}

export function snow(random: Random, { cx, cy, radius }: Field, colours: SceneColours, count = 40): string {
  return Array.from({ length: count }, () =>
    circle(
      cx + (random() - 0.5) * 2 * radius,
      cy + (random() - 0.62) * 1.7 * radius,
      radius * (0.008 + 0.014 * random()),
      {
        fill: colours.light,
        opacity: colours.night ? 0.85 : 1,
      },
    ),
  ).join('');
}

export function rain(random: Random, { cx, cy, radius }: Field, colours: SceneColours, count = 34): string {
  return Array.from({ length: count }, () => {
    const x = cx + (random() - 0.5) * 2 * radius;
    const y = cy + (random() - 0.6) * 1.7 * radius;
    const d = `M${num(x)} ${num(y)}l${num(-radius * 0.03)} ${num(radius * 0.11)}`;
    return `<path d="${d}" fill="none" stroke="${colours.light}" stroke-opacity="0.5" stroke-width="${num(radius * 0.01)}" stroke-linecap="round"/>`;
  }).join('');
}
