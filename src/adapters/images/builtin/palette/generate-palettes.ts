import type { Palette } from '../../../../core/concept.ts';
import type { Library } from '../assets/library.ts';
import { hashText, seededRandom, type Random } from '../random/seeded-random.ts';
import type { Oklch } from '../../../../imaging/colour/oklab.ts';
import { anchorsOf, hueDistance, type Anchors } from './anchors.ts';
import { describePalette } from './describe-palette.ts';
import { rolesOf } from './derive-roles.ts';
import { namePalette, nameSwatches } from './name-palette.ts';
import { readTheme, type ThemeReading } from './read-theme.ts';
import { RECIPES, type Direction, type Ingredients } from './recipes.ts';
import { LISTED_ROLES, paletteDistance, type RoleColours } from './role-colours.ts';
import { settleRoles } from './settle-roles.ts';

export interface PaletteWish {
  readonly theme: string;
  readonly logo: string;
  readonly count: number;
  readonly seed: number;
  readonly avoid: readonly Palette[];
}

/** Wanted distance to every earlier palette; the search stops as soon as it is reached. */
const WANTED_DISTANCE = 0.12;
/** Promised distance: attempts go on, ever freer, until it is reached. */
const PROMISED_DISTANCE = 0.075;
const FAITHFUL_ATTEMPTS = 18;
const MAX_ATTEMPTS = 160;

/** What all palettes of one theme share. */
interface Kitchen {
  readonly theme: ThemeReading;
  readonly anchors: Anchors;
  readonly random: Random;
  readonly library: Library;
}

/** Exactly `count` palettes for a theme; equal wishes give equal palettes. */
export function generatePalettes(wish: PaletteWish, library: Library): Palette[] {
  const theme = readTheme(wish.theme, wish.logo, library);
  const random = seededRandom(hashText(`${wish.theme}|${wish.logo}|${wish.seed}|palettes`));
  const kitchen: Kitchen = { theme, anchors: anchorsOf(theme, random), random, library };
  const taken = wish.avoid.map(rolesOf);
  const usedNames = new Set(wish.avoid.map((palette) => palette.name.toLowerCase()));
  const directions = directionsFor(wish.avoid.length > 0);
  return Array.from({ length: wish.count }, (_, number) => {
    const direction = directions[number % directions.length] as Direction;
    const roles = distinctRoles(kitchen, direction, number, taken);
    taken.push(roles);
    const palette = present(kitchen, { roles, direction, number, usedNames });
    usedNames.add(palette.name.toLowerCase());
    return palette;
  });
}

/** The signature comes first, unless a base image has it already: then it is offered later, varied. */
function directionsFor(hasBase: boolean): Direction[] {
  const all = Object.keys(RECIPES) as Direction[];
  return hasBase ? [...all.slice(1, 7), 'signature', ...all.slice(7)] : all;
}

function distinctRoles(
  kitchen: Kitchen,
  direction: Direction,
  number: number,
  taken: readonly RoleColours[],
): RoleColours {
  let best: { roles: RoleColours; distance: number } | undefined;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const roles = settleRoles(RECIPES[direction](ingredientsFor(kitchen, number, attempt)));
    const distance = Math.min(...taken.map((other) => paletteDistance(other, roles)), Number.POSITIVE_INFINITY);
    if (best === undefined || distance > best.distance) best = { roles, distance };
    if (best.distance >= (attempt < FAITHFUL_ATTEMPTS ? WANTED_DISTANCE : PROMISED_DISTANCE)) break;
  }
  return (best as { roles: RoleColours }).roles;
}

function ingredientsFor({ theme, anchors, random }: Kitchen, number: number, attempt: number): Ingredients {
  const { chromatic } = anchors;
  const round = Math.floor(number / Object.keys(RECIPES).length);
  const jitter = (attempt === 0 ? 0 : (random() - 0.5) * 8.7 * attempt) + round * 40;
  const lead = chromatic[(number + attempt) % chromatic.length] as Oklch;
  const companion = chromatic.find((anchor) => hueDistance(anchor.h, lead.h) > 28) ?? chromatic[1] ?? lead;
  const spark = chromatic.find(
    (anchor) => anchor !== lead && hueDistance(anchor.h, lead.h) > 40 && hueDistance(anchor.h, companion.h) > 25,
  ) ??
    chromatic[2] ?? { ...companion, h: lead.h + 160 };
  const wander = attempt < FAITHFUL_ATTEMPTS ? 0 : (random() - 0.5) * 0.3;
  return {
    anchors,
    lead: { ...lead, h: lead.h + jitter },
    companion,
    spark,
    dark: attempt % 20 >= 10 ? !theme.isDark : theme.isDark,
    attempt,
    tune: (colour, factor = 1) => ({
      l: Math.min(0.97, Math.max(0.05, colour.l + theme.lightness + wander)),
      c: Math.min(0.3, colour.c * theme.chroma * factor),
      h: colour.h,
    }),
  };
}

interface Dish {
  readonly roles: RoleColours;
  readonly direction: Direction;
  readonly number: number;
  readonly usedNames: ReadonlySet<string>;
}

function present({ theme, library }: Kitchen, { roles, direction, number, usedNames }: Dish): Palette {
  const swatches = nameSwatches(roles, library);
  const name = namePalette({ roles, swatches, direction, theme, used: usedNames }, library);
  const moods = [...new Set(theme.hits.flatMap((hit) => hit.moods))];
  const chosen = new Set(
    moods.length === 0 ? [] : [0, 1].map((step) => moods[(number + step) % moods.length] as string),
  );
  return {
    name,
    colors: LISTED_ROLES.map((role) => roles[role]),
    description: describePalette(direction, swatches, roles.bg, [...chosen]),
    roles,
  };
}
