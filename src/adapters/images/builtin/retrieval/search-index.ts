import type { Library } from '../assets/library.ts';
import type { Motif } from '../assets/motif.ts';
import { foldWords } from '../language/words.ts';

/** Inverted maps over the catalogue: folded words -> motifs. */
export interface SearchIndex {
  readonly library: Library;
  /** Whole names: "snow capped mountain". */
  readonly byName: ReadonlyMap<string, readonly Motif[]>;
  /** Single words of longer names. */
  readonly byNameWord: ReadonlyMap<string, readonly Motif[]>;
  readonly byTag: ReadonlyMap<string, readonly Motif[]>;
}

const indexes = new WeakMap<Library, SearchIndex>();

/** The search index of a library, built on first use. */
export function searchIndexOf(library: Library): SearchIndex {
  const known = indexes.get(library);
  if (known !== undefined) return known;
  const built = buildIndex(library);
  indexes.set(library, built);
  return built;
}

function buildIndex(library: Library): SearchIndex {
  const byName = new Map<string, Motif[]>();
  const byNameWord = new Map<string, Motif[]>();
  const byTag = new Map<string, Motif[]>();
  for (const motif of library.motifs) {
    for (const name of new Set([motif.label, ...motif.alts].flatMap((text) => [text, foldWords(text)]))) {
      append(byName, name, motif);
    }
    const words = foldWords(motif.label).split(' ');
    if (words.length > 1) for (const word of new Set(words)) append(byNameWord, word, motif);
    for (const tag of new Set(motif.tags.map(foldWords))) append(byTag, tag, motif);
  }
  return { library, byName, byNameWord, byTag };
}

function append(map: Map<string, Motif[]>, key: string, motif: Motif): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [motif]);
  else list.push(motif);
}
