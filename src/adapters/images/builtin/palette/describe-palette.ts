import { oklchOfHex } from '../../../../imaging/colour/oklab.ts';
import type { Swatches } from './name-palette.ts';
import type { Direction } from './recipes.ts';

type Sentence = (names: Swatches, tone: string) => string;

const SENTENCES: Readonly<Record<Direction, Sentence>> = {
  signature: (n, tone) => `${n.primary} and ${n.secondary} on ${tone} ${n.bg}, with ${n.accent} as the spark`,
  inverse: (n, tone) => `The same story with light and dark exchanged: ${n.primary} against ${tone} ${n.bg}`,
  block: (n) => `A full field of ${n.bg} carrying ${n.primary} and ${n.accent}`,
  'deep block': (n) => `A deep field of ${n.bg} lit by ${n.primary} and ${n.accent}`,
  tonal: (n) => `One hue in careful steps, from ${n.accent} through ${n.primary} to ${n.secondary}`,
  counter: (n, tone) => `${n.primary} answered by its complement, ${n.accent}, on ${tone} ${n.bg}`,
  earthen: (n) => `Muted and mineral, with ${n.primary}, ${n.secondary} and a touch of ${n.accent}`,
  spectrum: (n, tone) => `Neighbouring hues on ${tone} ${n.bg}: ${n.primary}, ${n.secondary} and ${n.accent}`,
  triad: (n) => `${n.primary}, ${n.secondary} and ${n.accent} in even balance`,
  pastel: (n) => `Powdery ${n.bg} and ${n.secondary} steadied by ${n.primary}`,
  press: (n) => `Two inks on paper, ${n.primary} and ${n.secondary}`,
  split: (n, tone) => `Split complements on ${tone} ${n.bg}: ${n.primary} with ${n.secondary}`,
};

/** One sentence about a palette: its colours by name and, where the theme has moods, what they feel like. */
export function describePalette(
  direction: Direction,
  names: Swatches,
  ground: string,
  moods: readonly string[],
): string {
  const { l } = oklchOfHex(ground);
  const tone = l < 0.32 ? 'near-black' : l < 0.55 ? 'deep' : l > 0.84 ? 'pale' : 'mid-tone';
  const feeling = moods.length === 0 ? '' : `, for a ${moods.join(', ')} feel`;
  return `${SENTENCES[direction](names, tone)}${feeling}.`;
}
