import { findColours, wordsOf } from './find-colours.ts';
import { LIST_FILLERS } from './fillers.ts';

const BREAK = /\s*(?:[,;!\n]+|\.(?=\s|$)|&|(?<![\p{L}\p{N}])(?:and|then|but|also|plus|while)(?![\p{L}\p{N}]))\s*/giu;

interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Splits a prompt into clauses, each verbatim. What only goes on with a list of colours stays with it: "make it blue, gold
 * and white" is one clause.
 */
export function splitClauses(prompt: string): string[] {
  const clauses: Span[] = [];
  for (const span of spansOf(prompt)) {
    const previous = clauses.at(-1);
    if (previous !== undefined && continuesList(textAt(prompt, previous), textAt(prompt, span))) {
      clauses[clauses.length - 1] = { from: previous.from, to: span.to };
    } else {
      clauses.push(span);
    }
  }
  return clauses.map((span) => textAt(prompt, span));
}

function spansOf(prompt: string): Span[] {
  const spans: Span[] = [];
  let from = 0;
  for (const match of prompt.matchAll(BREAK)) {
    spans.push({ from, to: match.index });
    from = match.index + match[0].length;
  }
  spans.push({ from, to: prompt.length });
  return spans.filter((span) => textAt(prompt, span) !== '');
}

function textAt(prompt: string, { from, to }: Span): string {
  return prompt.slice(from, to).trim();
}

function continuesList(previous: string, text: string): boolean {
  if (findColours(wordsOf(previous)).length === 0 || isReplacement(previous) || /\bbackground\b/i.test(text))
    return false;
  const words = wordsOf(text);
  const colours = findColours(words);
  const isInColour = (index: number): boolean => colours.some(({ from, to }) => index >= from && index < to);
  return colours.length > 0 && words.every((word, index) => isInColour(index) || LIST_FILLERS.has(word));
}

function isReplacement(text: string): boolean {
  return /\b(replace|swap)\b|\binstead of\b/i.test(text);
}
