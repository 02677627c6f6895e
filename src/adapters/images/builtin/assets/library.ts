import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { oklabOfHex } from '../../../../imaging/colour/oklab.ts';
import { foldWords } from '../language/words.ts';
import { findAssetsDir } from './assets-dir.ts';
import type { Motif } from './motif.ts';

/** A theme word's colours, lead colour first, and the moods it stands for. */
export interface ThemeEntry {
  readonly colours: readonly string[];
  readonly moods: readonly string[];
}

export interface ColourName {
  readonly name: string;
  readonly hex: string;
  readonly words: readonly string[];
  readonly lab: ReturnType<typeof oklabOfHex>;
}

/** Everything under assets/, each part read on first use and kept. */
export interface Library {
  readonly motifs: readonly Motif[];
  motifById(id: string): Motif | undefined;
  /** The SVG shapes of a motif: in its own colours, or in `currentColor`. */
  bodyOf(motif: Motif, finish: 'flat' | 'mono'): string;
  /** Folded phrase -> labels of motifs that stand for it, best first. */
  readonly lexicon: ReadonlyMap<string, readonly string[]>;
  readonly themes: ReadonlyMap<string, ThemeEntry>;
  readonly colourNames: readonly ColourName[];
}

const libraries = new Map<string, Library>();

/** The library of a folder; the package's own folder by default. */
export function openLibrary(assetsDir: string = findAssetsDir()): Library {
  const known = libraries.get(assetsDir);
  if (known !== undefined) return known;
  const opened = createLibrary(assetsDir);
  libraries.set(assetsDir, opened);
  return opened;
}

function createLibrary(assetsDir: string): Library {
  const read = (file: string): string => readFileSync(join(assetsDir, file), 'utf8');
  const motifs = once(() => (JSON.parse(read('motifs.json')) as { motifs: Motif[] }).motifs);
  const byId = once(() => new Map(motifs().map((motif) => [motif.id, motif])));
  const bodies = once(() => readFileSync(join(assetsDir, 'motif-bodies.txt')));
  const lexicon = once(() => parseLexicon(read('lexicon.txt')));
  const themes = once(() => parseThemes(read('themes.txt')));
  const colourNames = once(() => (JSON.parse(read('colour-names.json')) as [string, string][]).map(colourName));
  return {
    get motifs() {
      return motifs();
    },
    get lexicon() {
      return lexicon();
    },
    get themes() {
      return themes();
    },
    get colourNames() {
      return colourNames();
    },
    motifById: (id) => byId().get(id),
    bodyOf: (motif, finish) => {
      const [offset, length] = (finish === 'mono' && motif.mono !== null ? motif.mono : motif.flat).at;
      return bodies().toString('utf8', offset, offset + length);
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');

function parseLexicon(text: string): Map<string, readonly string[]> {
  const lexicon = new Map<string, readonly string[]>();
  for (const line of linesOf(text)) {
    const colon = line.lastIndexOf(':');
    const targets = line.slice(colon + 1).split(',');
    for (const phrase of line.slice(0, colon).split('|')) {
      const key = foldWords(phrase);
      if (!lexicon.has(key))
        lexicon.set(
          key,
          targets.map((target) => target.trim()),
        );
    }
  }
  return lexicon;
}

function parseThemes(text: string): Map<string, ThemeEntry> {
  const themes = new Map<string, ThemeEntry>();
  for (const line of linesOf(text)) {
    const [words = '', rest = ''] = line.split(':');
    const [colours = '', moods = ''] = rest.split('|');
    const entry = { colours: colours.trim().split(/\s+/), moods: moods.split(',').map((mood) => mood.trim()) };
    for (const word of words.split('|')) {
      if (!themes.has(word.trim())) themes.set(word.trim(), entry);
    }
  }
  return themes;
}

function colourName([name, digits]: [string, string]): ColourName {
  const hex = `#${digits}`;
  return { name, hex, words: foldWords(name).split(' '), lab: oklabOfHex(hex) };
}
