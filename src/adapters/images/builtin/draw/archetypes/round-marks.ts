import { contrastRatio, mixHex } from '../../../../../imaging/colour/oklab.ts';
import { readableOn } from '../../palette/role-colours.ts';
import { CENTRE, CANVAS } from '../canvas.ts';
import type { ArchetypePainter } from '../draw-context.ts';
import { pairOn } from '../hero.ts';
import { beads, laurel, rays, rosette, sparkle, star } from '../ornaments.ts';
import { shapePath, type BadgeShape } from '../shapes.ts';
import { circle, clipped, path, rect } from '../svg.ts';

const AT_CENTRE = `translate(${CENTRE} ${CENTRE})`;

/** A seal: the hero on a pale disc, inside a laurel, a beaded band or a plain ring. */
export const medallion: ArchetypePainter = (context) => {
  const { roles, layout, random } = context;
  const line = contrastRatio(roles.primary, roles.bg) >= 3 ? roles.primary : roles.ink;
  const frame = random();
  if (frame < 0.4) {
    const radius = 344;
    return (
      circle(CENTRE, CENTRE, radius, { fill: roles.surface }) +
      circle(CENTRE, CENTRE, radius - 18, { stroke: line, strokeWidth: 5 * layout.weight }) +
      laurel(CENTRE, CENTRE, radius + 52, line) +
      sparkle(CENTRE, CENTRE - radius - 52, 30, roles.accent) +
      pairOn(context, roles.surface, { cx: CENTRE, cy: CENTRE, side: radius * 1.2 * layout.scale })
    );
  }
  const inner = 300;
  const band = frame < 0.75 ? sealBand(roles.primary, roles.onPrimary, layout.weight) : '';
  const plain =
    frame < 0.75
      ? ''
      : circle(CENTRE, CENTRE, 404, { stroke: line, strokeWidth: 12 * layout.weight }) +
        circle(CENTRE, CENTRE, 376, { stroke: line, strokeWidth: 4 * layout.weight });
  const disc = frame < 0.75 ? inner : 344;
  return (
    band +
    plain +
    circle(CENTRE, CENTRE, disc, { fill: roles.surface }) +
    (frame < 0.75 ? circle(CENTRE, CENTRE, disc - 14, { stroke: line, strokeWidth: 4 }) : '') +
    pairOn(context, roles.surface, { cx: CENTRE, cy: CENTRE, side: disc * 1.3 * layout.scale })
  );
};

/** A scalloped band with beads and four stars, as around a seal. */
function sealBand(fill: string, detail: string, weight: number): string {
  const radius = 424;
  const starsAround = [0, 90, 180, 270].map((degrees) => {
    const angle = (degrees * Math.PI) / 180;
    return star(CENTRE + 352 * Math.cos(angle), CENTRE + 352 * Math.sin(angle), 24, detail);
  });
  return (
    path(shapePath('scallop', radius), { fill }, AT_CENTRE) +
    circle(CENTRE, CENTRE, radius - 34, { stroke: detail, strokeWidth: 4 * weight }) +
    beads(CENTRE, CENTRE, 352, 48, mixHex(fill, detail, 0.55)) +
    starsAround
      .map(
        (drawn, index) =>
          circle(CENTRE + 352 * Math.cos((index * Math.PI) / 2), CENTRE + 352 * Math.sin((index * Math.PI) / 2), 36, {
            fill,
          }) + drawn,
      )
      .join('')
  );
}

const RAY_SHAPES: readonly BadgeShape[] = ['circle', 'squircle', 'scallop', 'blob', 'octagon'];

/** Rays of a second tone around a pale disc. */
export const raysBadge: ArchetypePainter = (context) => {
  const { roles, layout } = context;
  const radius = 408;
  const shape = RAY_SHAPES.includes(layout.shape) ? layout.shape : 'circle';
  const pale = mixHex(roles.primary, roles.onPrimary, 0.92);
  const content =
    rect(0, 0, CANVAS, CANVAS, { fill: roles.primary }) +
    rays({ cx: CENTRE, cy: CENTRE, radius: 900 }, 22, mixHex(roles.primary, roles.onPrimary, 0.15)) +
    circle(CENTRE, CENTRE, radius * 0.68, { fill: pale });
  const onPale = {
    ...context,
    roles: { ...roles, onPrimary: readableOn(pale, [roles.primary, roles.ink, roles.bg], 4.5) },
  };
  return (
    clipped('badge', shapePath(shape, radius), AT_CENTRE, content) +
    path(shapePath(shape, radius - 18), { stroke: pale, strokeWidth: 6 * layout.weight }, AT_CENTRE) +
    pairOn(onPale, pale, { cx: CENTRE, cy: CENTRE, side: radius * 0.9 * layout.scale })
  );
};

/** Petals around a disc. */
export const rosetteMark: ArchetypePainter = (context) => {
  const { roles, layout } = context;
  const line = contrastRatio(roles.primary, roles.bg) >= 3 ? roles.primary : roles.ink;
  const soft = mixHex(roles.bg, roles.secondary, 0.55);
  return (
    rosette({ cx: CENTRE, cy: CENTRE, radius: 436 }, 12, [roles.primary, soft]) +
    circle(CENTRE, CENTRE, 262, { fill: roles.bg }) +
    circle(CENTRE, CENTRE, 240, { stroke: line, strokeWidth: 5 * layout.weight }) +
    pairOn(context, roles.bg, { cx: CENTRE, cy: CENTRE, side: 316 * layout.scale })
  );
};
