import type { ColourName, Library } from '../assets/library.ts';
import { labDistance } from '../../../../imaging/colour/lab.ts';
import { oklabOfHex, oklchOfHex } from '../../../../imaging/colour/oklab.ts';
import { lemmaOf } from '../language/words.ts';
import type { ThemeReading } from './read-theme.ts';
import type { Direction } from './recipes.ts';
import type { RoleColours } from './role-colours.ts';

/** The names of the colours that a description speaks of. */
export type Swatches = Readonly<Record<'bg' | 'primary' | 'secondary' | 'accent', string>>;

/** The nearest colour name for each main role, no name twice. */
export function nameSwatches(roles: RoleColours, library: Library): Swatches {
  const used = new Set<string>();
  const name = (hex: string): string => {
    const nearest = nearestName(hex, library, used);
    used.add(nearest);
    return nearest;
  };
  return {
    primary: name(roles.primary),
    secondary: name(roles.secondary),
    accent: name(roles.accent),
    bg: name(roles.bg),
  };
}

function nearestName(hex: string, library: Library, used: ReadonlySet<string>): string {
  const lab = oklabOfHex(hex);
  let best: ColourName | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of library.colourNames) {
    const distance = labDistance(candidate.lab, lab);
    if (distance < bestDistance && !used.has(candidate.name)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best?.name ?? hex;
}

export interface NamingInput {
  readonly roles: RoleColours;
  readonly swatches: Swatches;
  readonly direction: Direction;
  readonly theme: ThemeReading;
  /** Names that are taken already, in lower case. */
  readonly used: ReadonlySet<string>;
}

/** Theme words that say how, not what: no palette is named "Warm after Dark". */
const ADJECTIVES = new Set(
  'light dark hot warm cool cold deep soft bright pale bold calm quiet muted playful corporate minimalist minimal'.split(
    ' ',
  ),
);

/** A colour counts as carrying a name up to this OKLab distance. */
const NAME_REACH = 0.09;

/** A name that tells of the theme where one fits, else of the palette's colours; never one that is taken. */
export function namePalette(input: NamingInput, library: Library): string {
  const candidates = [...themedNames(input, library), ...composedNames(input)];
  const free = candidates.find((name) => !input.used.has(name.toLowerCase()) && !/\b(\w+) \1\b/i.test(name));
  if (free !== undefined) return free;
  for (let edition = 2; ; edition++) {
    const name = `${input.swatches.primary} ${edition}`;
    if (!input.used.has(name.toLowerCase())) return name;
  }
}

/** Curated names with a word of the theme in them, near one of the palette's colours. */
function themedNames({ roles, theme }: NamingInput, library: Library): string[] {
  const words = new Set(theme.words.filter((word) => !ADJECTIVES.has(word)).flatMap((word) => [word, lemmaOf(word)]));
  const near: { name: string; distance: number }[] = [];
  for (const candidate of library.colourNames) {
    if (!candidate.words.some((word) => words.has(word))) continue;
    for (const role of ['primary', 'bg', 'secondary', 'accent'] as const) {
      const distance = labDistance(candidate.lab, oklabOfHex(roles[role])) - (role === 'primary' ? 0.02 : 0);
      if (distance < NAME_REACH) near.push({ name: candidate.name, distance });
    }
  }
  return near.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1)).map(({ name }) => name);
}

function composedNames({ roles, swatches, direction, theme }: NamingInput): string[] {
  const word = theme.hits
    .find((hit) => !ADJECTIVES.has(hit.word))
    ?.word.replace(/(^|[\s-])\p{L}/gu, (letter) => letter.toUpperCase());
  const isDark = oklchOfHex(roles.bg).l < 0.55;
  const names: string[] = [];
  if (word !== undefined && direction === 'inverse') names.push(`${word} ${isDark ? 'after Dark' : 'by Daylight'}`);
  const lead = oklchOfHex(roles.primary).c > 0.04 ? swatches.primary : swatches.secondary;
  names.push(lead, swatches.accent, swatches.bg, swatches.secondary, swatches.primary);
  if (word !== undefined) names.push(`${word} and ${swatches.primary}`);
  return names;
}
