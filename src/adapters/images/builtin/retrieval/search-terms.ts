import { GENERIC_WORDS } from '../language/word-classes.ts';
import type { PromptReading, PromptToken, TokenRole } from '../language/read-prompt.ts';
import { lemmaOf } from '../language/words.ts';
import type { SearchIndex } from './search-index.ts';
import { ROLE_WEIGHTS, weighTokens } from './weigh-tokens.ts';

/** A word or phrase to look for, with its share in the subject. */
export interface SearchTerm {
  /** Folded. */
  readonly text: string;
  /** As written. */
  readonly surface: string;
  readonly weight: number;
  readonly wordCount: number;
  readonly role: TokenRole | 'brand';
}

/** A brand's own words count a little: "Golden Crumb" may still be about bread. */
const BRAND_WEIGHT = 0.34;
/** A phrase that is a name in its own right beats its words. */
const PHRASE_BONUS = 1.12;
const MAX_PHRASE_WORDS = 4;

/** Single words, then the phrases that the catalogue or the lexicon knows. */
export function searchTermsOf(reading: PromptReading, index: SearchIndex): SearchTerm[] {
  const weights = weighTokens(reading.tokens, index);
  const singles = reading.tokens.flatMap((token, position): SearchTerm[] => {
    const weight = weights[position] ?? 0;
    if (weight <= 0) return [];
    return [{ text: token.lemma, surface: token.word, weight, wordCount: 1, role: token.role }];
  });
  const brand = reading.brandWords
    .filter((word) => !GENERIC_WORDS.has(word))
    .map((word): SearchTerm => ({
      text: lemmaOf(word),
      surface: word,
      weight: BRAND_WEIGHT,
      wordCount: 1,
      role: 'brand',
    }));
  return [...singles, ...phrasesOf(reading.tokens, weights, index), ...brand];
}

function phrasesOf(tokens: readonly PromptToken[], weights: readonly number[], index: SearchIndex): SearchTerm[] {
  const phrases: SearchTerm[] = [];
  for (let start = 0; start < tokens.length; start++) {
    for (let count = 2; count <= MAX_PHRASE_WORDS && start + count <= tokens.length; count++) {
      const group = tokens.slice(start, start + count);
      const first = group[0];
      if (first === undefined || group.some((token) => token.phrase !== first.phrase)) continue;
      const text = group.map((token) => token.lemma).join(' ');
      if (!index.byName.has(text) && !index.library.lexicon.has(text)) continue;
      const heaviest = Math.max(ROLE_WEIGHTS[first.role] * 0.9, ...weights.slice(start, start + count));
      const surface = group.map((token) => token.word).join(' ');
      phrases.push({ text, surface, weight: heaviest * PHRASE_BONUS, wordCount: count, role: first.role });
    }
  }
  return phrases;
}
