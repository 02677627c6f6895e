import {
  contrastRatio,
  cvdDistance,
  deltaE,
  hexOfOklch,
  oklchOfHex,
  type Oklch,
} from '../../../../imaging/colour/oklab.ts';
import type { RoleColours, RoleWish } from './role-colours.ts';

/** Contrasts are aimed above what is promised (4.5, 3, 4.5), so that rounding to hex never falls below it. */
const INK_CONTRAST = 7.2;
const PRIMARY_CONTRAST = 3.2;
const ON_PRIMARY_CONTRAST = 4.6;
const LIGHTNESS_STEP = 0.012;

const isDark = (hex: string): boolean => oklchOfHex(hex).l < 0.55;
const BLACK = '#0d0d10';
const WHITE = '#ffffff';

/** Turns a wish into colours that keep the promises on contrast, changing each as little as possible. */
export function settleRoles(wish: RoleWish): RoleColours {
  const { bg, surface } = wish;
  const ink = fitContrast(wish.ink, bg, INK_CONTRAST);
  const settledInk = contrastRatio(ink, bg) >= 4.5 ? ink : strongest(bg);
  const { primary, onPrimary } = settlePrimary(wish.primary, { bg, ink: settledInk, surface });
  const hues = [primary, wish.secondary, wish.accent].map((hex) => oklchOfHex(hex).h);
  const secondary = separate(wish.secondary, { bg, from: [primary], hues });
  const accent = separate(wish.accent, { bg, from: [primary, secondary], hues });
  return { bg, surface, primary, secondary, accent, ink: settledInk, onPrimary };
}

const strongest = (ground: string): string =>
  contrastRatio(WHITE, ground) > contrastRatio(BLACK, ground) ? WHITE : BLACK;

/** Moves a colour's lightness away from the ground until it stands out enough. */
export function fitContrast(colour: string, ground: string, minContrast: number): string {
  const away = isDark(ground) ? LIGHTNESS_STEP : -LIGHTNESS_STEP;
  let { l, c, h } = oklchOfHex(colour);
  let fitted = colour;
  while (contrastRatio(fitted, ground) < minContrast && l > 0.05 && l < 0.99) {
    l += away;
    fitted = hexOfOklch({ l, c, h });
  }
  return fitted;
}

interface PrimaryNeighbours {
  readonly bg: string;
  readonly ink: string;
  readonly surface: string;
}

function settlePrimary(wish: string, { bg, ink, surface }: PrimaryNeighbours): { primary: string; onPrimary: string } {
  const away = isDark(bg) ? LIGHTNESS_STEP : -LIGHTNESS_STEP;
  let primary = fitContrast(wish, bg, PRIMARY_CONTRAST);
  for (let step = 0; step < 60; step++) {
    const best = [bg, ink, surface].reduce((a, b) => (contrastRatio(a, primary) >= contrastRatio(b, primary) ? a : b));
    if (contrastRatio(best, primary) >= ON_PRIMARY_CONTRAST) return { primary, onPrimary: best };
    const { l, c, h } = oklchOfHex(primary);
    primary = hexOfOklch({ l: Math.min(0.98, Math.max(0.06, l + away)), c, h });
  }
  return { primary, onPrimary: strongest(primary) };
}

interface Separation {
  readonly bg: string;
  readonly from: readonly string[];
  readonly hues: readonly number[];
}

interface Demand {
  readonly contrast: number;
  readonly distance: number;
  /** Distance as seen with protanopia and deuteranopia. */
  readonly colourBlindDistance: number;
}

const DEMANDS: readonly Demand[] = [
  { contrast: 1.7, distance: 0.13, colourBlindDistance: 0.085 },
  { contrast: 1.45, distance: 0.1, colourBlindDistance: 0.06 },
  { contrast: 1.2, distance: 0.08, colourBlindDistance: 0 },
];

/** The colour nearest to the wish that can be told from the ground and from its neighbours. */
function separate(wish: string, separation: Separation): string {
  for (const demand of DEMANDS) {
    if (meets(wish, separation, demand)) return wish;
    const nearest = nearestMeeting(wish, separation, demand);
    if (nearest !== null) return nearest;
  }
  return wish;
}

function meets(hex: string, { bg, from }: Separation, demand: Demand): boolean {
  if (contrastRatio(hex, bg) < demand.contrast) return false;
  return from.every(
    (other) => deltaE(other, hex) >= demand.distance && cvdDistance(other, hex) >= demand.colourBlindDistance,
  );
}

function nearestMeeting(wish: string, separation: Separation, demand: Demand): string | null {
  let best: { hex: string; cost: number } | null = null;
  for (const { colour, penalty } of alternatives(oklchOfHex(wish), separation.hues)) {
    const hex = hexOfOklch(colour);
    const cost = deltaE(hex, wish) + penalty;
    if ((best === null || cost < best.cost) && meets(hex, separation, demand)) best = { hex, cost };
  }
  return best?.hex ?? null;
}

/** Other lightness first, other chroma next, another hue of the palette last, and then desaturated: rotated hues look garish. */
function* alternatives(wish: Oklch, hues: readonly number[]): Generator<{ colour: Oklch; penalty: number }> {
  const turns: readonly (readonly [number, number, number])[] = [
    [wish.h, 0, 1],
    [wish.h + 12, 0.02, 1],
    [wish.h - 12, 0.02, 1],
    ...hues.map((hue) => [hue, 0.09, 0.85] as const),
    [wish.h + 180, 0.16, 0.55],
  ];
  for (const [h, huePenalty, share] of turns) {
    for (let l = 0.26; l <= 0.94; l += 0.04) {
      for (const c of [wish.c * share, wish.c * share * 0.6]) {
        // Dark yellow is mud.
        const mud = h > 55 && h < 115 && l < 0.6 && c > 0.06 ? 0.12 : 0;
        yield { colour: { l, c, h }, penalty: huePenalty + mud + (c < wish.c * share ? 0.02 : 0) };
      }
    }
  }
}
