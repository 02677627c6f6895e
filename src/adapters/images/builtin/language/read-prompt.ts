import { findBrand, type BrandName } from './brand.ts';
import { ACTION_WORDS, GENERIC_WORDS, PLACE_PREPOSITIONS, STOP_WORDS, STYLE_WORDS } from './word-classes.ts';
import { lemmaOf, normaliseText } from './words.ts';

/** How a word stands to the subject, by the preposition or verb before it. */
export type TokenRole = 'main' | 'with' | 'list' | 'for' | 'setting' | 'action';

export interface PromptToken {
  readonly word: string;
  readonly lemma: string;
  /** Phrases are numbered: words of one phrase belong together. */
  readonly phrase: number;
  readonly role: TokenRole;
  /** Its phrase began with "a", "an" or "the": the word is meant literally. */
  readonly hasArticle: boolean;
}

export interface PromptReading {
  readonly tokens: readonly PromptToken[];
  readonly brand: BrandName | null;
  /** Words of the brand name: weak evidence when the rest says nothing. */
  readonly brandWords: readonly string[];
}

/** Words beyond this do not name the subject any more. */
const MAX_TOKENS = 80;

interface ReadingState {
  readonly tokens: PromptToken[];
  phrase: number;
  role: TokenRole;
  hasArticle: boolean;
}

/** Splits a prompt into words with roles. Never throws, whatever the text. */
export function readPrompt(prompt: string): PromptReading {
  const brand = findBrand(prompt);
  const rest = brand === null ? prompt : prompt.replace(brand.match, ' ');
  const state: ReadingState = { tokens: [], phrase: 0, role: 'main', hasArticle: false };
  const pieces = rest.replace(/[’']s\b/g, ' ').split(/(\s+|[,;:.!?()"“”„«»—–])/);
  for (const piece of pieces) {
    if (state.tokens.length >= MAX_TOKENS) break;
    if (piece !== undefined && piece.trim() !== '') readPiece(state, piece);
  }
  const brandWords =
    brand === null
      ? []
      : normaliseText(brand.name)
          .split(' ')
          .filter((word) => !STOP_WORDS.has(word));
  return { tokens: state.tokens, brand, brandWords };
}

function readPiece(state: ReadingState, piece: string): void {
  const word = piece.toLowerCase().replace(/[^\p{L}\p{N}&+-]/gu, '');
  if (word === '') return startPhrase(state, state.role === 'setting' ? 'list' : state.role);
  if (/^(with|featuring)$/.test(word)) return startPhrase(state, 'with');
  if (/^(and|&|plus|or)$/.test(word)) return startPhrase(state, state.role === 'setting' ? 'list' : state.role);
  if (word === 'for') return startPhrase(state, 'for');
  if (PLACE_PREPOSITIONS.has(word)) return startPhrase(state, 'setting');
  // "a fox reading" is an action, "climbing gym" is not: somebody has to be there to act.
  if (ACTION_WORDS.has(word) && state.tokens.length > 0) {
    startPhrase(state, 'with');
    state.tokens.push({ word, lemma: lemmaOf(word), phrase: state.phrase, role: 'action', hasArticle: false });
    return;
  }
  if (STOP_WORDS.has(word)) {
    state.hasArticle = /^(a|an|the)$/.test(word);
    return;
  }
  state.tokens.push({
    word,
    lemma: lemmaOf(word),
    phrase: state.phrase,
    role: state.role,
    hasArticle: state.hasArticle,
  });
  if (!STYLE_WORDS.has(word) && !GENERIC_WORDS.has(word)) state.hasArticle = false;
}

function startPhrase(state: ReadingState, role: TokenRole): void {
  state.phrase++;
  state.role = role;
}
