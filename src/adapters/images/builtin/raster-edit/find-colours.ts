import { hexOfOklch, oklchOfHex } from '../../../../imaging/colour/oklab.ts';
import { COLOUR_NAMES } from './colour-names.ts';

type Shade = (hex: string) => string;

const shadeBy =
  (lightness: number, chroma: number): Shade =>
  (hex) => {
    const { l, c, h } = oklchOfHex(hex);
    return hexOfOklch({ l: lightness > 0 ? l + (0.92 - l) * lightness : l * (1 + lightness), c: c * chroma, h });
  };

const SHADES: ReadonlyMap<string, Shade> = new Map([
  ['light', shadeBy(0.55, 0.8)],
  ['pale', shadeBy(0.75, 0.5)],
  ['soft', shadeBy(0.5, 0.6)],
  ['pastel', shadeBy(0.7, 0.5)],
  ['bright', shadeBy(0.15, 1.3)],
  ['vivid', shadeBy(0, 1.4)],
  ['electric', shadeBy(0.05, 1.5)],
  ['hot', shadeBy(0, 1.3)],
  ['dark', shadeBy(-0.4, 0.9)],
  ['deep', shadeBy(-0.3, 1)],
  ['muted', shadeBy(0, 0.5)],
  ['dusty', shadeBy(0.1, 0.45)],
]);

// "navy blue", "forest green": the first word says it all.
const FAMILIES: ReadonlySet<string> = new Set([
  'blue',
  'green',
  'red',
  'pink',
  'purple',
  'yellow',
  'grey',
  'gray',
  'brown',
]);

export interface FoundColour {
  readonly hex: string;
  /** Indexes of its first word and of the one after its last. */
  readonly from: number;
  readonly to: number;
}

/** Lower-case words of a text; a hex colour is one word. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/#[0-9a-f]{6}\b|#[0-9a-f]{3}\b|[\p{L}\p{N}'-]+/gu) ?? [];
}

/** The colours that words name, in order: `#rrggbb`, "teal", "navy blue", "dark green". */
export function findColours(words: readonly string[]): FoundColour[] {
  const found: FoundColour[] = [];
  for (let index = 0; index < words.length; index++) {
    const named = colourOf(words[index]!);
    if (named === undefined) continue;
    const shade = SHADES.get(words[index - 1] ?? '');
    const from = shade === undefined ? index : index - 1;
    const next = words[index + 1] ?? '';
    if (FAMILIES.has(next) && !FAMILIES.has(words[index]!)) index++;
    found.push({ hex: shade === undefined ? named : shade(named), from, to: index + 1 });
  }
  return found;
}

function colourOf(word: string): string | undefined {
  if (word.startsWith('#')) return word.length === 4 ? word.replace(/[0-9a-f]/g, '$&$&') : word;
  return Object.hasOwn(COLOUR_NAMES, word) ? COLOUR_NAMES[word] : undefined;
}
