import { contrastRatio, deltaE, hexOfOklch, mixHex, oklchOfHex } from '../../../../imaging/colour/oklab.ts';
import type { Motif } from '../assets/motif.ts';
import { readableOn, type RoleColours } from '../palette/role-colours.ts';
import { wornOn } from '../scene/pose.ts';
import type { DrawContext } from './draw-context.ts';
import { placeFlat, placeMono, type Outline, type Placement } from './place-motif.ts';
import type { Paints } from './recolour-motif.ts';

/** Paints for artwork that lies on a plain ground: the palette's colours that stand out from it, strongest first. */
export function paintsOn(ground: string, roles: RoleColours): Paints {
  const standOut = [roles.primary, roles.secondary, roles.accent].filter(
    (colour) => contrastRatio(colour, ground) >= 1.6 && deltaE(colour, ground) > 0.14,
  );
  const fallback = readableOn(ground, [roles.onPrimary, roles.bg, roles.ink], 3);
  const colours = [...standOut].sort((a, b) => contrastRatio(b, ground) - contrastRatio(a, ground));
  if (colours.length === 0) colours.push(fallback);
  const lead = colours[0] ?? fallback;
  if (colours.length < 2) colours.push(mixHex(lead, ground, 0.45));
  if (colours.length < 3) colours.push(mixHex(lead, ground, 0.3));
  colours.length = 3;
  const lightFirst = [roles.onPrimary, roles.bg, roles.ink].sort((a, b) => oklchOfHex(b).l - oklchOfHex(a).l);
  const neutral = readableOn(ground, lightFirst, 2.2);
  if (!colours.includes(neutral)) colours.push(neutral);
  const hue = oklchOfHex(lead).h;
  return {
    colours,
    light: hexOfOklch({ l: 0.97, c: 0.015, h: hue }),
    dark: hexOfOklch({ l: 0.17, c: 0.03, h: hue }),
    ground,
  };
}

/** The hero on a plain ground, in the scene's finish. */
export function heroOn(context: DrawContext, ground: string, placement: Placement): string {
  const { hero, layout } = context;
  return hero === null ? '' : motifOn(context, hero, ground, { ...placement, flip: layout.flip });
}

function motifOn({ roles, layout, library }: DrawContext, motif: Motif, ground: string, placement: Placement): string {
  if (layout.finish === 'mono' && motif.mono !== null) {
    const colour = readableOn(ground, [roles.onPrimary, roles.bg, roles.ink, roles.surface], 4.5);
    return placeMono(motif, library, placement, colour);
  }
  const paints = paintsOn(ground, roles);
  return placeFlat(motif, library, placement, paints, edgeFor(motif, paints, ground));
}

/** Dark artwork on a dark ground (a panda at night) gets a light edge, and the other way round. */
function edgeFor(motif: Motif, paints: Paints, ground: string): Outline | undefined {
  const extremes = motif.flat.colours.reduce(
    (share, [hex, area]) => {
      const { l } = oklchOfHex(hex);
      return { dark: share.dark + (l < 0.35 ? area : 0), light: share.light + (l > 0.9 ? area : 0) };
    },
    { dark: 0, light: 0 },
  );
  const isDark = oklchOfHex(ground).l < 0.5;
  if (isDark && extremes.dark > 0.12) return { colour: paints.light, width: 7 };
  if (!isDark && extremes.light > 0.25) return { colour: paints.dark, width: 6 };
  return undefined;
}

export interface PairBox {
  readonly cx: number;
  readonly cy: number;
  /** Side of the square that both share. */
  readonly side: number;
}

/** Hero with its second thing at its lower right, the pair centred in a square; the hero alone when there is no second. */
export function pairOn(context: DrawContext, ground: string, { cx, cy, side }: PairBox): string {
  const { hero, second, layout, roles, library } = context;
  if (hero === null) return '';
  const paints = paintsOn(ground, roles);
  const turned = { ...paints, colours: [...paints.colours.slice(1), ...paints.colours.slice(0, 1)] };
  if (second === null) return heroOn(context, ground, { cx, y: cy, size: side * opticalFactor(hero) });
  if (wornOn(second) === 'eyes' && hero.kind === 'animal') {
    const size = side * opticalFactor(hero);
    const [, , width, height] = hero.flat.box;
    const unit = size / Math.max(width, height);
    const eyes = eyesOf({ cx, top: cy - (height * unit) / 2, width: width * unit, height: height * unit });
    return heroOn(context, ground, { cx, y: cy, size }) + placeFlat(second, library, eyes, turned);
  }
  const drawn = heroOn(context, ground, { cx: cx - side * 0.1, y: cy - side * 0.08, size: side * 0.96 });
  const small: Placement = { cx: cx + side * 0.36, y: cy + side * 0.34, size: side * 0.46, flip: layout.flip };
  return drawn + placeFlat(second, library, small, turned, { colour: ground, width: 13 });
}

interface Standing {
  readonly cx: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Where glasses go on an animal that is drawn whole and faces the viewer. */
export function eyesOf({ cx, top, width, height }: Standing): Placement {
  return { cx, y: top + height * 0.25, size: width * 0.74 };
}

/** Long shapes may be longer than square ones and look as large: what counts inside a round field is the diagonal. */
function opticalFactor(motif: Motif): number {
  const [, , width, height] = motif.flat.box;
  const slenderness = Math.min(width, height) / Math.max(width, height);
  return Math.min(1.28, Math.SQRT2 / Math.hypot(1, slenderness));
}
