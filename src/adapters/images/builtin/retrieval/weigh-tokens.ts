import { BROAD_WORDS, CONTAINER_WORDS, GENERIC_WORDS, STYLE_WORDS } from '../language/word-classes.ts';
import type { PromptToken, TokenRole } from '../language/read-prompt.ts';
import type { SearchIndex } from './search-index.ts';

/** How likely the words of each role are to name the subject. */
export const ROLE_WEIGHTS: Readonly<Record<TokenRole, number>> = {
  main: 1,
  with: 0.86,
  list: 0.8,
  for: 0.8,
  setting: 0.5,
  action: 0.5,
};

const inClass = (words: ReadonlySet<string>, token: PromptToken): boolean =>
  words.has(token.word) || words.has(token.lemma);

/** 0 (says nothing) to about 1.1 (literally the subject) for each token. */
export function weighTokens(tokens: readonly PromptToken[], index: SearchIndex): number[] {
  return tokens.map((token, position) => weightOf(token, position, tokens, index));
}

function weightOf(token: PromptToken, position: number, tokens: readonly PromptToken[], index: SearchIndex): number {
  let weight = ROLE_WEIGHTS[token.role];
  if (inClass(GENERIC_WORDS, token)) return 0;
  if (STYLE_WORDS.has(token.word)) return 0.12;
  if (inClass(CONTAINER_WORDS, token)) return 0.22 * weight;
  if (BROAD_WORDS.has(token.lemma)) weight *= hasSpecificNeighbour(token, tokens, index) ? 0.62 : 1;
  else if (token.hasArticle && token.role !== 'setting' && index.byName.has(token.lemma)) weight *= 1.14;
  if (modifiesNext(token, tokens[position + 1])) weight *= 0.8;
  return weight * (1 - 0.03 * Math.min(6, position));
}

function hasSpecificNeighbour(token: PromptToken, tokens: readonly PromptToken[], index: SearchIndex): boolean {
  return tokens.some((other) => other !== token && other.phrase === token.phrase && isSpecific(other, index));
}

function isSpecific(token: PromptToken, index: SearchIndex): boolean {
  const isVague = [BROAD_WORDS, CONTAINER_WORDS, GENERIC_WORDS, STYLE_WORDS].some((list) => inClass(list, token));
  if (isVague || token.role === 'action') return false;
  return index.byName.has(token.lemma) || index.library.lexicon.has(token.lemma) || index.byTag.has(token.lemma);
}

/** "panda" in "panda eating", "honey" in "honey bee": the noun comes last. */
function modifiesNext(token: PromptToken, next: PromptToken | undefined): boolean {
  if (next === undefined || next.phrase !== token.phrase || next.role === 'action') return false;
  return (
    ![BROAD_WORDS, CONTAINER_WORDS, GENERIC_WORDS].some((list) => inClass(list, next)) && !STYLE_WORDS.has(next.word)
  );
}
