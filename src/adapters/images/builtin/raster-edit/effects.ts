import type { ColourAdjustment } from '../../../../imaging/adjust-colours.ts';

/** An adjustment at a strength: 1 as asked, less for "slightly", more for "much", negative for "less". */
export type Effect = (strength: number) => ColourAdjustment;

const lighten: Effect = (strength) => ({ lightness: 0.28 * strength });
const darken: Effect = (strength) => ({ lightness: -0.28 * strength });
const contrast: Effect = (strength) => ({ contrast: 1.35 ** strength });
const soften: Effect = (strength) => ({ contrast: 1.3 ** -strength });
const warm: Effect = (strength) => ({ temperature: 0.7 * strength });
const cool: Effect = (strength) => ({ temperature: -0.7 * strength });
const vivid: Effect = (strength) => ({ chroma: 1.45 ** strength });
const mute: Effect = (strength) => ({ chroma: 1.7 ** -strength });
const pastel: Effect = (strength) => ({ chroma: 1.5 ** -strength, lightness: 0.4 * strength });
const sepia: Effect = () => ({ tint: { hue: 75, chroma: 0.07 } });
const greyscale: Effect = () => ({ chroma: 0 });

const TABLE: ReadonlyArray<readonly [Effect, string]> = [
  [lighten, 'light lighter lighten brighter brighten brightness lightness'],
  [darken, 'dark darker darken deeper moodier dim dimmer'],
  [contrast, 'contrast contrasty contrasting punchy punchier crisper'],
  [soften, 'soft softer soften gentle gentler subtle subtler'],
  [warm, 'warm warmer warmth warmly cosy cozy'],
  [cool, 'cool cooler cold colder icy'],
  [
    vivid,
    'vivid vivider vibrant vibrance saturated saturation saturate bold bolder bright intense colourful colorful lively neon',
  ],
  [mute, 'muted mute desaturated faded subdued dull duller toned-down understated'],
  [pastel, 'pastel pastels'],
  [sepia, 'sepia vintage retro'],
  [greyscale, 'greyscale grayscale monochrome monochromatic desaturate colourless colorless black-and-white'],
];

/** What each word does to an image. */
export const EFFECTS: ReadonlyMap<string, Effect> = new Map(
  TABLE.flatMap(([effect, words]) => words.split(' ').map((word) => [word, effect] as const)),
);

const STRENGTHS: ReadonlyMap<string, number> = new Map([
  ['slightly', 0.5],
  ['bit', 0.5],
  ['little', 0.5],
  ['somewhat', 0.7],
  ['much', 1.6],
  ['very', 1.5],
  ['far', 1.8],
  ['lot', 1.6],
  ['really', 1.5],
]);

/** Words that turn the effect after them round. */
export const REVERSERS: ReadonlySet<string> = new Set([
  'less',
  'lower',
  'low',
  'reduce',
  'reduced',
  'decrease',
  'fewer',
]);

/** How strongly a clause asks for what it asks. */
export function strengthOf(words: readonly string[]): number {
  const strength = words.reduce((product, word) => product * (STRENGTHS.get(word) ?? 1), 1);
  return words.some((word) => REVERSERS.has(word)) ? -strength : strength;
}
