import { deltaE, hexOfOklch, mixHex, oklchOfHex, type Oklch } from '../../../../imaging/colour/oklab.ts';
import { hueDistance, type Anchor, type Anchors } from './anchors.ts';
import { fitContrast } from './settle-roles.ts';
import type { RoleWish } from './role-colours.ts';

export type Direction =
  | 'signature'
  | 'inverse'
  | 'block'
  | 'tonal'
  | 'counter'
  | 'earthen'
  | 'spectrum'
  | 'triad'
  | 'pastel'
  | 'press'
  | 'deep block'
  | 'split';

/** What a recipe is cooked from. */
export interface Ingredients {
  readonly anchors: Anchors;
  /** Hues of one attempt: the lead, a companion and a spark. */
  readonly lead: Oklch;
  readonly companion: Oklch;
  readonly spark: Oklch;
  readonly dark: boolean;
  /** Counts the attempts of one palette; the first is the most faithful. */
  readonly attempt: number;
  /** Applies the theme's adjectives to a colour. */
  readonly tune: (colour: Oklch, chromaFactor?: number) => Oklch;
}

type Recipe = (given: Ingredients) => RoleWish;

const clampChroma = (colour: Oklch, min: number, max: number): number => Math.min(max, Math.max(min, colour.c));

const lightGround = (h: number, c = 0.018, l = 0.965): string => hexOfOklch({ l, c, h });
const darkGround = (h: number, c = 0.035, l = 0.2): string => hexOfOklch({ l, c, h });
const inkOn = (dark: boolean, h: number): string =>
  dark ? hexOfOklch({ l: 0.95, c: 0.02, h }) : hexOfOklch({ l: 0.2, c: 0.03, h });

/** The theme as it is written, on its own light or dark. */
const signature: Recipe = (given) => {
  const { anchors, dark, tune, attempt } = given;
  const bg = dark ? signatureDark(given) : (pick(anchors.light, attempt)?.hex ?? lightGround(given.lead.h));
  const [lead, companion, spark] =
    attempt < 4 ? leadsFor(anchors.chromatic, bg, dark, attempt) : [given.lead, given.companion, given.spark];
  return {
    bg,
    surface: mixHex(bg, hexOfOklch(tune(lead)), dark ? 0.22 : 0.12),
    primary: hexOfOklch(tune(lead)),
    secondary: hexOfOklch(tune(companion)),
    accent: hexOfOklch(tune(spark)),
    ink: inkOn(dark, lead.h),
  };
};

function signatureDark({ anchors, lead, attempt }: Ingredients): string {
  const anchor = pick(anchors.dark, attempt);
  return anchor === undefined
    ? darkGround(lead.h)
    : hexOfOklch({ ...anchor, l: Math.min(0.24, Math.max(0.13, anchor.l)) });
}

const pick = (anchors: readonly Anchor[], turn: number): Anchor | undefined =>
  anchors[turn % Math.max(1, anchors.length)];

/** The lead is the anchor that reads on the ground with the least change of lightness: yellow must not turn to mud. */
function leadsFor(chromatic: readonly Anchor[], bg: string, dark: boolean, turn: number): [Oklch, Oklch, Oklch] {
  const cost = (anchor: Anchor, rank: number): number => {
    const moved = Math.abs(oklchOfHex(fitContrast(anchor.hex, bg, 3.2)).l - anchor.l);
    return rank * 0.07 + moved * (dark ? 0.35 : 1.5) + (!dark && anchor.h > 55 && anchor.h < 112 ? 0.1 : 0);
  };
  const ranked = chromatic.slice(0, 5).map((anchor, rank) => ({ anchor, cost: cost(anchor, rank) }));
  ranked.sort((a, b) => a.cost - b.cost);
  const lead = (ranked[turn % ranked.length] as { anchor: Anchor }).anchor;
  const others = chromatic.filter((anchor) => deltaE(anchor.hex, lead.hex) > 0.1);
  const companion = others.find((anchor) => hueDistance(anchor.h, lead.h) > 28) ??
    others[0] ?? { ...lead, h: lead.h + 40 };
  const spark = others.find((anchor) => anchor !== companion && hueDistance(anchor.h, companion.h) > 20) ??
    others.find((anchor) => anchor !== companion) ?? { ...companion, h: lead.h + 160 };
  return [lead, companion, spark];
}

/** A saturated field of colour with light or dark figures. */
const block: Recipe = ({ lead, companion, spark, tune }) => {
  const x = tune(lead, 1.05);
  const l = hueDistance(x.h, 95) < 35 ? 0.82 : hueDistance(x.h, 60) < 22 ? 0.74 : 0.5;
  return blockOf(hexOfOklch({ l, c: clampChroma(x, 0.07, 0.16), h: x.h }), x, companion, spark);
};

const deepBlock: Recipe = ({ lead, companion, spark, tune }) => {
  const x = tune(lead, 1.05);
  return blockOf(hexOfOklch({ l: 0.32, c: clampChroma(x, 0.07, 0.16), h: x.h }), x, companion, spark);
};

function blockOf(bg: string, lead: Oklch, companion: Oklch, spark: Oklch): RoleWish {
  const isLight = oklchOfHex(bg).l > 0.62;
  return {
    bg,
    surface: mixHex(bg, isLight ? '#ffffff' : '#000000', 0.16),
    primary: isLight ? hexOfOklch({ l: 0.24, c: 0.05, h: lead.h }) : hexOfOklch({ l: 0.95, c: 0.03, h: companion.h }),
    secondary: hexOfOklch({ l: isLight ? 0.48 : 0.82, c: Math.min(0.15, companion.c), h: companion.h }),
    accent: hexOfOklch({ l: isLight ? 0.97 : 0.74, c: isLight ? 0.03 : 0.15, h: spark.h }),
    ink: isLight ? hexOfOklch({ l: 0.18, c: 0.04, h: lead.h }) : hexOfOklch({ l: 0.97, c: 0.02, h: lead.h }),
  };
}

/** One hue in careful steps. */
const tonal: Recipe = ({ lead, dark, tune }) => {
  const x = tune(lead, 0.85);
  const c = Math.max(0.05, x.c);
  return {
    bg: dark ? darkGround(x.h, 0.04, 0.19) : lightGround(x.h, 0.02, 0.955),
    surface: dark ? hexOfOklch({ l: 0.28, c: 0.05, h: x.h }) : hexOfOklch({ l: 0.9, c: 0.035, h: x.h }),
    primary: hexOfOklch({ l: dark ? 0.78 : 0.42, c, h: x.h }),
    secondary: hexOfOklch({ l: dark ? 0.55 : 0.68, c: c * 0.85, h: x.h }),
    accent: hexOfOklch({ l: dark ? 0.92 : 0.28, c: Math.max(0.03, x.c * 0.5), h: x.h + 8 }),
    ink: inkOn(dark, x.h),
  };
};

/** The lead answered by its complement. */
const counter: Recipe = ({ lead, tune }) => {
  const x = tune(lead);
  const across = x.h + 180;
  return {
    bg: lightGround(across, 0.02, 0.96),
    surface: hexOfOklch({ l: 0.91, c: 0.035, h: across }),
    primary: hexOfOklch({ l: 0.4, c: clampChroma(x, 0.07, 0.15), h: x.h }),
    secondary: hexOfOklch({ l: 0.66, c: Math.min(0.13, Math.max(0.06, x.c * 0.8)), h: x.h + 18 }),
    accent: hexOfOklch({ l: 0.7, c: clampChroma(x, 0.09, 0.17), h: across }),
    ink: hexOfOklch({ l: 0.2, c: 0.04, h: x.h }),
  };
};

/** Quiet and mineral. */
const earthen: Recipe = ({ anchors, lead, companion, spark, dark, attempt, tune }) => {
  const x = tune(lead, 0.5);
  const ground = anchors.light[0]?.h ?? 80;
  const onDark = dark && attempt >= 10;
  return {
    bg: onDark
      ? hexOfOklch({ l: 0.27, c: 0.02, h: ground })
      : hexOfOklch({ l: 0.925 - 0.02 * (attempt % 4), c: 0.025, h: ground }),
    surface: onDark ? hexOfOklch({ l: 0.34, c: 0.025, h: ground }) : hexOfOklch({ l: 0.86, c: 0.035, h: ground - 5 }),
    primary: hexOfOklch({ l: 0.42, c: clampChroma(x, 0.03, 0.075), h: x.h }),
    secondary: hexOfOklch({ l: 0.64, c: 0.055, h: companion.h }),
    accent: hexOfOklch({ l: 0.6, c: 0.09, h: hueDistance(lead.h, companion.h) > 25 ? lead.h : spark.h }),
    ink: onDark ? hexOfOklch({ l: 0.94, c: 0.02, h: ground }) : hexOfOklch({ l: 0.25, c: 0.02, h: 60 }),
  };
};

/** Neighbouring hues stretched wide on a dark ground. */
const spectrum: Recipe = ({ lead, tune }) => {
  const x = tune(lead, 1.05);
  const c = clampChroma(x, 0.09, 0.17);
  return {
    bg: darkGround(x.h + 20, 0.045, 0.18),
    surface: hexOfOklch({ l: 0.27, c: 0.06, h: x.h + 30 }),
    primary: hexOfOklch({ l: 0.76, c, h: x.h }),
    secondary: hexOfOklch({ l: 0.64, c, h: x.h + 48 }),
    accent: hexOfOklch({ l: 0.86, c: 0.12, h: x.h - 52 }),
    ink: hexOfOklch({ l: 0.96, c: 0.015, h: x.h }),
  };
};

/** Three hues in balance. */
const triad: Recipe = ({ lead, tune }) => {
  const x = tune(lead);
  const c = Math.max(0.08, x.c);
  return {
    bg: lightGround(x.h + 120, 0.015, 0.97),
    surface: hexOfOklch({ l: 0.92, c: 0.03, h: x.h }),
    primary: hexOfOklch({ l: 0.45, c, h: x.h }),
    secondary: hexOfOklch({ l: 0.62, c: c * 0.9, h: x.h + 120 }),
    accent: hexOfOklch({ l: 0.72, c: c * 0.9, h: x.h + 240 }),
    ink: hexOfOklch({ l: 0.22, c: 0.03, h: x.h }),
  };
};

/** Powdered and light. */
const pastel: Recipe = ({ lead, companion, spark, tune }) => {
  const x = tune(lead, 0.7);
  return {
    bg: hexOfOklch({ l: 0.955, c: 0.03, h: x.h }),
    surface: hexOfOklch({ l: 0.9, c: 0.05, h: x.h + 40 }),
    primary: hexOfOklch({ l: 0.5, c: 0.11, h: x.h }),
    secondary: hexOfOklch({ l: 0.8, c: 0.08, h: companion.h }),
    accent: hexOfOklch({ l: 0.76, c: 0.1, h: spark.h }),
    ink: hexOfOklch({ l: 0.3, c: 0.05, h: x.h }),
  };
};

/** Two inks on paper. */
const press: Recipe = ({ lead, tune }) => {
  const x = tune(lead);
  return {
    bg: hexOfOklch({ l: 0.95, c: 0.02, h: 90 }),
    surface: hexOfOklch({ l: 0.9, c: 0.025, h: 90 }),
    primary: hexOfOklch({ l: 0.24, c: 0.02, h: x.h }),
    secondary: hexOfOklch({ l: 0.55, c: Math.max(0.1, x.c), h: x.h }),
    accent: hexOfOklch({ l: 0.7, c: 0.03, h: x.h }),
    ink: hexOfOklch({ l: 0.16, c: 0.015, h: x.h }),
  };
};

/** Split complements on a dark ground. */
const split: Recipe = ({ lead, tune }) => {
  const x = tune(lead);
  return {
    bg: darkGround(x.h + 180, 0.04, 0.2),
    surface: hexOfOklch({ l: 0.28, c: 0.05, h: x.h + 180 }),
    primary: hexOfOklch({ l: 0.74, c: Math.max(0.09, x.c), h: x.h }),
    secondary: hexOfOklch({ l: 0.66, c: 0.11, h: x.h + 150 }),
    accent: hexOfOklch({ l: 0.84, c: 0.12, h: x.h + 210 }),
    ink: hexOfOklch({ l: 0.96, c: 0.02, h: x.h }),
  };
};

/** In the order in which palettes are offered. */
export const RECIPES: Readonly<Record<Direction, Recipe>> = {
  signature,
  inverse: (given) => signature({ ...given, dark: !given.dark }),
  block,
  tonal,
  counter,
  earthen,
  spectrum,
  triad,
  pastel,
  press,
  'deep block': deepBlock,
  split,
};
