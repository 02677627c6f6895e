import { pickOne, type Random } from '../../random/seeded-random.ts';
import type { RoleColours } from '../../palette/role-colours.ts';
import { CENTRE } from '../canvas.ts';
import type { ArchetypePainter } from '../draw-context.ts';
import { rosette } from '../ornaments.ts';
import { circle, group, num, path } from '../svg.ts';

type Composition = (random: Random, roles: RoleColours) => string;

/** A geometric mark for a prompt that names no known subject; it differs with the prompt and the seed. */
export const abstractMark: ArchetypePainter = ({ random, roles }) =>
  pickOne(random, [orbits, bloom, steps, weave])(random, roles);

/** Discs on rings, as planets. */
const orbits: Composition = (random, roles) => {
  const radii = [150, 260, 370];
  const fills = [roles.secondary, roles.accent, roles.ink];
  const rings = radii.map((radius, index) => {
    const angle = random() * 2 * Math.PI;
    const fill = fills[index] ?? roles.ink;
    return (
      circle(CENTRE, CENTRE, radius, { stroke: roles.primary, strokeWidth: 12 }) +
      circle(CENTRE + radius * Math.cos(angle), CENTRE + radius * Math.sin(angle), 34 + 12 * index, { fill })
    );
  });
  return (
    circle(CENTRE, CENTRE, 396, { fill: roles.surface }) +
    rings.join('') +
    circle(CENTRE, CENTRE, 84, { fill: roles.primary })
  );
};

/** Petals in two layers. */
const bloom: Composition = (random, roles) => {
  const petals = pickOne(random, [8, 10, 12]);
  const turn = (random() * 360) / petals;
  const inner = rosette({ cx: 0, cy: 0, radius: 270 }, petals, [roles.accent, roles.surface]);
  return (
    rosette({ cx: CENTRE, cy: CENTRE, radius: 424 }, petals, [roles.primary, roles.secondary]) +
    group(inner, `translate(${CENTRE} ${CENTRE}) rotate(${num(turn)})`) +
    circle(CENTRE, CENTRE, 78, { fill: roles.bg })
  );
};

/** Quarter discs that climb around the centre. */
const steps: Composition = (random, roles) => {
  const fills = [roles.primary, roles.secondary, roles.accent, roles.ink];
  const start = Math.floor(random() * 4);
  const quarters = fills.map((fill, index) => {
    const radius = 400 - 62 * index;
    return path(`M0 0H${radius}A${radius} ${radius} 0 0 1 0 ${radius}Z`, { fill }, `rotate(${(index + start) * 90})`);
  });
  const backdrop = circle(CENTRE, CENTRE, 400, { fill: roles.surface });
  return (
    backdrop +
    group(quarters.join(''), `translate(${CENTRE} ${CENTRE})`) +
    circle(CENTRE, CENTRE, 96, { fill: roles.bg })
  );
};

/** Interlaced rounded bars. */
const weave: Composition = (random, roles) => {
  const count = pickOne(random, [3, 4]);
  const fills = [roles.primary, roles.secondary, roles.accent];
  const bars = Array.from({ length: count }, (_, index) => {
    const turn = (180 / count) * index;
    const d = 'M-360 -70a70 70 0 0 1 70 -70H290a70 70 0 0 1 70 70V70a70 70 0 0 1 -70 70H-290a70 70 0 0 1 -70 -70Z';
    return path(d, { fill: fills[index % fills.length] as string, opacity: 0.92 }, `rotate(${num(turn)})`);
  });
  return group(bars.join(''), `translate(${CENTRE} ${CENTRE})`) + circle(CENTRE, CENTRE, 110, { fill: roles.bg });
};
