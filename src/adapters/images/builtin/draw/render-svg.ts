import { contrastRatio } from '../../../../imaging/colour/oklab.ts';
import type { Library } from '../assets/library.ts';
import type { Motif } from '../assets/motif.ts';
import type { RoleColours } from '../palette/role-colours.ts';
import { seededRandom } from '../random/seeded-random.ts';
import type { Archetype, BuiltinScene, Ornament, SceneMotif } from '../scene/builtin-scene.ts';
import { abstractMark } from './archetypes/abstract-mark.ts';
import { knockout } from './archetypes/knockout.ts';
import { medallion, raysBadge, rosetteMark } from './archetypes/round-marks.ts';
import { sceneBadge } from './archetypes/scene-badge.ts';
import { tiles } from './archetypes/tiles.ts';
import { CANVAS, CENTRE } from './canvas.ts';
import type { ArchetypePainter } from './draw-context.ts';
import { laurel, sparkle, star } from './ornaments.ts';
import { circle, group, rect, svgDocument } from './svg.ts';

const PAINTERS: Readonly<Record<Archetype, ArchetypePainter>> = {
  scene: sceneBadge,
  knockout,
  medallion,
  rays: raysBadge,
  tiles,
  rosette: rosetteMark,
  abstract: abstractMark,
};

/** A scene in a palette's roles as SVG: shapes only, no text, no outside references. */
export function renderSvg(scene: BuiltinScene, roles: RoleColours, library: Library): string {
  const hero = motifOf(scene.hero, library);
  const painter = hero === null ? abstractMark : PAINTERS[scene.archetype];
  const drawn = painter({
    roles,
    layout: scene.layout,
    hero,
    second: scene.second === null ? null : motifOf(scene.second, library),
    library,
    random: seededRandom(scene.drawSeed),
  });
  const inset = scene.layout.ornaments.some((ornament) => AROUND.has(ornament));
  const main = inset
    ? group(drawn, `translate(${CENTRE} ${CENTRE}) scale(0.87) translate(${-CENTRE} ${-CENTRE})`)
    : drawn;
  return svgDocument(roles.bg, main + scene.layout.ornaments.map((ornament) => ORNAMENTS[ornament](roles)).join(''));
}

function motifOf({ label, motif }: SceneMotif, library: Library): Motif | null {
  const found = motif === null ? undefined : library.motifById(motif);
  return found === undefined ? null : { ...found, label };
}

/** Ornaments that go around the picture: it makes room for them. */
const AROUND: ReadonlySet<Ornament> = new Set(['laurel', 'ring', 'stars']);

const lineColour = (roles: RoleColours): string =>
  contrastRatio(roles.accent, roles.bg) >= 1.8 ? roles.accent : roles.ink;

/** Additions by edits, in the free margin. */
const ORNAMENTS: Readonly<Record<Ornament, (roles: RoleColours) => string>> = {
  stars: (roles) =>
    [-1, 0, 1]
      .map((step) => star(CENTRE + step * 84, step === 0 ? 58 : 76, step === 0 ? 40 : 28, lineColour(roles)))
      .join(''),
  sparkles: (roles) =>
    [
      [118, 150, 44],
      [904, 196, 58],
      [880, 872, 38],
    ]
      .map(([x = 0, y = 0, r = 0]) => sparkle(x, y, r, lineColour(roles)))
      .join(''),
  laurel: (roles) => laurel(CENTRE, CENTRE, 474, lineColour(roles)),
  ring: (roles) => circle(CENTRE, CENTRE, 490, { stroke: lineColour(roles), strokeWidth: 11 }),
  frame: (roles) => rect(34, 34, CANVAS - 68, CANVAS - 68, { stroke: lineColour(roles), strokeWidth: 9 }, 48),
};
