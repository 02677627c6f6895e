import type { ColourName, Library, ThemeEntry } from '../assets/library.ts';
import { STOP_WORDS } from '../language/word-classes.ts';
import { foldWords, lemmaOf, normaliseText } from '../language/words.ts';
import { oklchOfHex } from '../../../../imaging/colour/oklab.ts';

/** A word of the theme that stands for colours. */
export interface ThemeHit {
  readonly word: string;
  readonly colours: readonly string[];
  readonly moods: readonly string[];
  /** 1 for a word of the theme list, less for a guess from colour names. */
  readonly weight: number;
}

export interface ThemeReading {
  /** Strongest first, then in the order of the text. */
  readonly hits: readonly ThemeHit[];
  /** Words of the theme without fillers. */
  readonly words: readonly string[];
  /** Factor on chroma, from adjectives such as "muted" and "neon". */
  readonly chroma: number;
  /** Shift of lightness, from adjectives such as "deep" and "pale". */
  readonly lightness: number;
  /** The theme asks for a dark ground. */
  readonly isDark: boolean;
}

interface Adjective {
  readonly chroma?: number;
  readonly lightness?: number;
}

const ADJECTIVES: ReadonlyMap<string, Adjective> = new Map(
  Object.entries<Adjective>({
    calm: { chroma: 0.75 },
    quiet: { chroma: 0.7 },
    muted: { chroma: 0.55 },
    dusty: { chroma: 0.55 },
    faded: { chroma: 0.6 },
    understated: { chroma: 0.65 },
    minimal: { chroma: 0.7 },
    neutral: { chroma: 0.4 },
    monochrome: { chroma: 0.15 },
    luxury: { chroma: 0.7 },
    raw: { chroma: 0.5 },
    smoky: { chroma: 0.6 },
    noir: { chroma: 0.7 },
    soft: { chroma: 0.7, lightness: 0.04 },
    pastel: { chroma: 0.7, lightness: 0.08 },
    pale: { chroma: 0.6, lightness: 0.1 },
    gentle: { chroma: 0.75, lightness: 0.03 },
    icy: { chroma: 0.8, lightness: 0.03 },
    vivid: { chroma: 1.3 },
    vibrant: { chroma: 1.3 },
    bold: { chroma: 1.2 },
    neon: { chroma: 1.4 },
    electric: { chroma: 1.35 },
    hot: { chroma: 1.2 },
    fierce: { chroma: 1.25 },
    playful: { chroma: 1.2 },
    cheerful: { chroma: 1.2 },
    bright: { chroma: 1.2, lightness: 0.03 },
    deep: { lightness: -0.06 },
    dark: { chroma: 0.95, lightness: -0.08 },
  }),
);

const DARK_WORDS =
  /\b(night|midnight|nocturnal|noir|dark|moonlit|black|deep space|space|nebula|neon|synthwave|cyberpunk|abyss|abyssal|charcoal|graphite|obsidian|candlelit|lamps?|embers?|haunted|twilight|smoky|80s|goth\w*|orbit|galaxy|starry|cosmos|cosmic)\b/;
const LIGHT_WORDS = /\b(white|light|cream|ivory|paper|snow|daylight|morning|airy|pastel)\b/;

/** What a theme says about colour. When it says nothing, the logo description is asked. */
export function readTheme(theme: string, logo: string, library: Library): ThemeReading {
  const words = normaliseText(theme).split(' ').filter(Boolean).slice(0, 60);
  const hits = themeHits(words, library);
  const fallback = hits.length > 0 ? [] : themeHits(normaliseText(logo).split(' ').slice(0, 60), library).slice(0, 2);
  const adjectives = words.flatMap((word) => ADJECTIVES.get(word) ?? []);
  const chroma = adjectives.reduce((factor, { chroma: one = 1 }) => factor * one, 1);
  const text = words.join(' ');
  return {
    hits: [...hits, ...fallback],
    words: words.filter((word) => !STOP_WORDS.has(word) && word.length > 2),
    chroma: Math.min(1.5, Math.max(0.15, chroma)),
    lightness: adjectives.reduce((shift, { lightness: one = 0 }) => shift + one, 0),
    isDark: DARK_WORDS.test(text) && !LIGHT_WORDS.test(text),
  };
}

function themeHits(words: readonly string[], library: Library): ThemeHit[] {
  const taken = new Set<number>();
  const found: (ThemeHit & { readonly position: number })[] = [];
  for (let count = 3; count >= 1; count--) {
    for (let start = 0; start + count <= words.length; start++) {
      const positions = Array.from({ length: count }, (_, step) => start + step);
      if (positions.some((position) => taken.has(position))) continue;
      const entry = themeEntry(words.slice(start, start + count), library);
      if (entry === undefined) continue;
      for (const position of positions) taken.add(position);
      found.push({ ...entry, word: words.slice(start, start + count).join(' '), weight: 1, position: start });
    }
  }
  words.forEach((word, position) => {
    const colours = taken.has(position) || position > 30 ? [] : coloursNamedAfter(word, library);
    if (colours.length > 0) found.push({ word, colours, moods: [], weight: 0.55, position });
  });
  return found.sort((a, b) => b.weight - a.weight || a.position - b.position);
}

function themeEntry(words: readonly string[], library: Library): ThemeEntry | undefined {
  const spellings = [words.join(' '), words.join('-'), words.map(lemmaOf).join(' ')];
  return spellings.map((spelling) => library.themes.get(spelling)).find((entry) => entry !== undefined);
}

/** An unknown word may still be part of colour names: "kraken" is, and its colours are a fair guess. */
function coloursNamedAfter(word: string, library: Library): string[] {
  if (word.length < 3 || STOP_WORDS.has(word) || ADJECTIVES.has(word)) return [];
  const folded = foldWords(word);
  const chromaOf = (name: ColourName): number => oklchOfHex(name.hex).c;
  return library.colourNames
    .filter((name) => name.words.includes(folded))
    .sort((a, b) => chromaOf(b) - chromaOf(a))
    .slice(0, 3)
    .map((name) => name.hex);
}
