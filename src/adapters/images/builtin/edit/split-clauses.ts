/** Words that begin a wish of their own after "and". */
const WISH_STARTERS =
  'add|remove|make|change|swap|replace|use|put|set|turn|drop|delete|get|flip|mirror|keep|give|try|darker|lighter|bolder|bigger|smaller|larger|rounder|sharper|thicker|thinner|warmer|cooler|brighter|more|less|no|without|in';

const SEPARATOR = new RegExp(
  `\\s*(?:[,;\\n]|\\.(?=\\s|$)|\\bbut\\b|\\bthen\\b|\\band (?=(?:${WISH_STARTERS})\\b))\\s*`,
  'i',
);

const MAX_CLAUSES = 24;

/** A prompt's wishes, one by one, in its own words. "instead of a fox, use an owl" stays whole. */
export function splitClauses(prompt: string): string[] {
  const text = prompt
    .replace(/[’]/g, "'")
    .replace(/(instead of [^,;.]{2,40}),\s*/gi, '$1 ')
    .replace(/^\s*(please|could you|can you|i want you to|now)\s+/i, '');
  return text
    .split(SEPARATOR)
    .map((clause) => clause.trim().replace(/[.!?]+$/, ''))
    .filter((clause) => clause !== '')
    .slice(0, MAX_CLAUSES);
}
