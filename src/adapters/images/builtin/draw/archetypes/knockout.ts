import { mixHex, oklchOfHex } from '../../../../../imaging/colour/oklab.ts';
import { pickOne } from '../../random/seeded-random.ts';
import { CENTRE, type Field } from '../canvas.ts';
import type { ArchetypePainter, DrawContext } from '../draw-context.ts';
import { pairOn } from '../hero.ts';
import type { SceneColours } from '../scene-colours.ts';
import { innerBox, shapePath } from '../shapes.ts';
import { circle, clipped, path, rect } from '../svg.ts';
import { TERRAIN_PAINTERS } from '../terrain/index.ts';

const RADIUS = 404;
const AT_CENTRE = `translate(${CENTRE} ${CENTRE})`;

/** The hero on a solid badge, whose ground has a quiet second tone: a landscape, a disc or a half shade. */
export const knockout: ArchetypePainter = (context) => {
  const { roles, layout, random } = context;
  const outline = shapePath(layout.shape, RADIUS);
  const inner = innerBox(layout.shape);
  const backdrop = backdropOf(context);
  const hasHairline = random() < 0.55;
  const hairline = hasHairline
    ? path(shapePath(layout.shape, RADIUS - 24), { stroke: roles.onPrimary, strokeWidth: 5 * layout.weight }, AT_CENTRE)
    : '';
  const side = RADIUS * inner.side * (hasHairline ? 0.98 : 1.06) * layout.scale;
  return (
    path(outline, { fill: roles.primary }, AT_CENTRE) +
    clipped('badge', outline, AT_CENTRE, backdrop) +
    hairline +
    pairOn(context, roles.primary, { cx: CENTRE + inner.dx * RADIUS, cy: CENTRE + inner.dy * RADIUS, side })
  );
};

function backdropOf(context: DrawContext): string {
  const { roles, layout, random } = context;
  const tone = (share: number): string => mixHex(roles.primary, roles.onPrimary, share);
  const [terrain] = layout.terrain;
  const kind = pickOne(random, ['disc', 'half', 'plain', 'disc'] as const);
  if (terrain !== undefined) {
    const field: Field = { cx: CENTRE, cy: CENTRE + RADIUS * 0.2, radius: RADIUS };
    const quiet =
      terrain === 'city' || terrain === 'jungle' || terrain === 'field' || terrain === 'underwater' ? 'hills' : terrain;
    return TERRAIN_PAINTERS[quiet](random, field, tonesOf(tone));
  }
  if (kind === 'disc')
    return circle(CENTRE + RADIUS * 0.3, CENTRE - RADIUS * 0.26, RADIUS * 0.64, { fill: tone(0.12) });
  const shade = oklchOfHex(roles.primary).l > 0.6 ? '#ffffff' : '#000000';
  return kind === 'half' ? rect(CENTRE, 0, CENTRE, CENTRE * 2, { fill: shade, opacity: 0.1 }) : '';
}

/** A landscape in tones of one colour. */
function tonesOf(tone: (share: number) => string): SceneColours {
  return {
    night: false,
    skyTop: tone(0),
    skyBottom: tone(0.06),
    far: tone(0.08),
    mid: tone(0.13),
    near: tone(0.18),
    ground: tone(0.23),
    light: tone(0.2),
    disc: tone(0.14),
    glow: tone(0.14),
  };
}
