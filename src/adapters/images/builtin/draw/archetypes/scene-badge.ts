import { contrastRatio, hexOfOklch, oklchOfHex } from '../../../../../imaging/colour/oklab.ts';
import type { Motif } from '../../assets/motif.ts';
import { canBeHeld, isHead, wornOn } from '../../scene/pose.ts';
import { terrainOfMotif } from '../../scene/place-words.ts';
import type { Terrain } from '../../scene/builtin-scene.ts';
import { drawBust } from '../bust.ts';
import { CANVAS, CENTRE, type Field } from '../canvas.ts';
import type { ArchetypePainter, DrawContext } from '../draw-context.ts';
import { eyesOf } from '../hero.ts';
import { aspectOf, placeFlat, type Outline, type Placement } from '../place-motif.ts';
import type { Paints } from '../recolour-motif.ts';
import { sceneColours, type SceneColours } from '../scene-colours.ts';
import { shapePath } from '../shapes.ts';
import { clouds, crescent, moon, rain, snow, stars, sun } from '../sky.ts';
import { clipped, path, rect, verticalGradient } from '../svg.ts';
import { TERRAIN_PAINTERS } from '../terrain/index.ts';

const RADIUS = 424;
const FIELD: Field = { cx: CENTRE, cy: CENTRE, radius: RADIUS };
const AT_CENTRE = `translate(${CENTRE} ${CENTRE})`;

/** A window onto a landscape, with the hero in it and a thin ring around it. */
export const sceneBadge: ArchetypePainter = (context) => {
  const { roles, layout } = context;
  const colours = sceneColours(roles, isNight(context));
  const ring = contrastRatio(roles.primary, roles.bg) >= 2.2 ? roles.primary : roles.ink;
  const content =
    rect(0, 0, CANVAS, CANVAS, { fill: 'url(#sky)' }) + landscape(context, colours) + figures(context, colours);
  return (
    verticalGradient('sky', colours.skyTop, colours.skyBottom) +
    path(shapePath(layout.shape, RADIUS + 34), { stroke: ring, strokeWidth: 9 * layout.weight }, AT_CENTRE) +
    clipped('window', shapePath(layout.shape, RADIUS), AT_CENTRE, content)
  );
};

function isNight({ layout, roles }: DrawContext): boolean {
  if (layout.time !== 'auto') return layout.time === 'night';
  if (layout.sky.includes('sun')) return false;
  if (layout.sky.some((feature) => feature === 'moon' || feature === 'crescent' || feature === 'stars')) return true;
  return layout.terrain[0] === 'space' || oklchOfHex(roles.bg).l < 0.35;
}

function landscape({ layout, random }: DrawContext, colours: SceneColours): string {
  const wanted: readonly Terrain[] = layout.terrain.length > 0 ? layout.terrain : ['hills'];
  const side = random() < 0.5 ? -1 : 1;
  const hasClouds = random() < 0.4 || layout.sky.includes('clouds');
  let drawn = '';
  if (!wanted.includes('underwater')) {
    if (colours.night) {
      const face = layout.sky.includes('crescent') && !layout.sky.includes('moon') ? crescent : moon;
      drawn += stars(random, FIELD, colours);
      if (!wanted.includes('space')) drawn += face(FIELD, colours, { x: side * 0.36, y: -0.5, size: 0.2 });
    } else {
      drawn += sun(FIELD, colours, { x: side * 0.32, y: -0.4, size: 0.25 });
      if (hasClouds) drawn += clouds(random, FIELD, colours);
    }
  }
  const inDepth = (Object.keys(TERRAIN_PAINTERS) as Terrain[]).filter((terrain) => wanted.includes(terrain));
  for (const terrain of inDepth) drawn += TERRAIN_PAINTERS[terrain](random, FIELD, colours);
  if (layout.sky.includes('snow')) drawn += snow(random, FIELD, colours);
  if (layout.sky.includes('rain')) drawn += rain(random, FIELD, colours);
  return drawn;
}

const AIRBORNE =
  /\b(eagle|honeybee|bee|butterfly|bat|rocket|airplane|dove|parrot|dragon|phoenix|balloon|kite|helicopter|bird|comet|parachute|flying saucer|satellite|ringed planet)\b/;
const AQUATIC =
  /\b(fish|dolphin|whale|octopus|jellyfish|shark|turtle|seal|squid|shrimp|lobster|crab|blowfish|mermaid|merman|merperson)\b/;

function figures(context: DrawContext, colours: SceneColours): string {
  const { hero, second, layout, library } = context;
  if (hero === null || terrainOfMotif(hero.label) !== undefined) return '';
  const outline: Outline = { colour: colours.night ? colours.ground : colours.light, width: 9 };
  const paints = figurePaints(context, colours);
  const [first, ...others] = paints.colours;
  const propPaints: Paints = { ...paints, colours: first === undefined ? others : [...others, first] };
  if (isHead(hero.id) && (second === null || canBeHeld(second))) {
    const height = RADIUS * 1.34 * Math.min(1.2, layout.scale);
    return drawBust(
      { head: hero, prop: second, cx: CENTRE, bottom: CENTRE + RADIUS, height, paints, propPaints, outline },
      library,
    );
  }
  const stance = stanceOf(hero, context);
  const drawn = placeFlat(hero, library, { ...stance.hero, flip: layout.flip }, paints, outline);
  if (second === null) return drawn;
  const wornPlace = wornOn(second) === 'eyes' && hero.kind === 'animal' ? eyesWithin(hero, stance.hero) : stance.second;
  return drawn + placeFlat(second, library, wornPlace, propPaints, outline);
}

function eyesWithin(hero: Motif, { cx, y, height = RADIUS, size = RADIUS, anchor }: Placement): Placement {
  const tall = Math.min(height, size / Math.max(1, aspectOf(hero)));
  return eyesOf({ cx, top: anchor === 'bottom' ? y - tall : y - tall / 2, width: tall * aspectOf(hero), height: tall });
}

/** Figures stand clear of the frame on the ground; what flies or swims floats in the middle. */
function stanceOf(hero: Motif, { layout, second }: DrawContext): { hero: Placement; second: Placement } {
  const floats = AIRBORNE.test(hero.label) || (AQUATIC.test(hero.label) && layout.terrain.includes('underwater'));
  const floor =
    CENTRE +
    RADIUS * (layout.shape === 'circle' || layout.shape === 'hexagon' || layout.shape === 'shield' ? 0.78 : 0.86);
  const isPair = second !== null;
  const height = RADIUS * (floats ? 1 : isPair ? 0.94 : 1.08) * layout.scale;
  const size = RADIUS * (isPair ? 1.1 : 1.26) * layout.scale;
  const cx = isPair ? CENTRE - RADIUS * 0.16 : CENTRE;
  return {
    hero: floats ? { cx, y: CENTRE + RADIUS * 0.02, height, size } : { cx, y: floor, height, size, anchor: 'bottom' },
    second: {
      cx: CENTRE + RADIUS * 0.38,
      y: floats ? CENTRE + RADIUS * 0.62 : floor + RADIUS * 0.02,
      height: RADIUS * 0.44,
      size: RADIUS * 0.5,
      anchor: 'bottom',
    },
  };
}

/** The palette's colours, light enough for the night and dark enough for the day. */
function figurePaints({ roles }: DrawContext, colours: SceneColours): Paints {
  const order = colours.night
    ? [roles.accent, roles.secondary, roles.primary]
    : [roles.primary, roles.accent, roles.secondary];
  const fitted = order.map((hex) => {
    const { l, c, h } = oklchOfHex(hex);
    return hexOfOklch({ l: colours.night ? Math.max(l, 0.68) : Math.min(l, 0.62), c, h });
  });
  return {
    colours: fitted,
    light: colours.light,
    dark: hexOfOklch({ l: 0.17, c: 0.02, h: oklchOfHex(roles.primary).h }),
    ground: colours.mid,
  };
}
