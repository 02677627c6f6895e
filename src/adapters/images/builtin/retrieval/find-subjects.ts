import type { Library } from '../assets/library.ts';
import type { Motif } from '../assets/motif.ts';
import { readPrompt, type PromptReading } from '../language/read-prompt.ts';
import { BROAD_WORDS } from '../language/word-classes.ts';
import { lemmaOf } from '../language/words.ts';
import { scoreMotifs, type ScoredMotif } from './score-motifs.ts';
import { searchIndexOf } from './search-index.ts';
import { searchTermsOf, type SearchTerm } from './search-terms.ts';

export interface Subjects {
  /** What the prompt is about; null when nothing in the catalogue meets it. */
  readonly hero: Motif | null;
  /** What the hero holds or stands beside, where the prompt names it. */
  readonly second: Motif | null;
  readonly reading: PromptReading;
}

/** Below this a match is a coincidence of one common keyword. */
const MIN_HERO_SCORE = 1;
const MIN_SECOND_SCORE = 3.2;
const MIN_SECOND_SHARE = 0.36;
const MIN_SECOND_WEIGHT = 0.38;

/** The motifs for a prompt. Never throws; a prompt that means nothing to the catalogue gives null. */
export function findSubjects(prompt: string, library: Library): Subjects {
  const reading = readPrompt(prompt);
  const index = searchIndexOf(library);
  const scored = scoreMotifs(searchTermsOf(reading, index), index);
  const hero = scored[0];
  if (hero === undefined || hero.score < MIN_HERO_SCORE) return { hero: null, second: null, reading };
  const second = scored.find((candidate) => candidate !== hero && isSecond(candidate, hero));
  return { hero: hero.motif, second: second?.motif ?? null, reading };
}

/** Another thing of the same prompt: found by another word, by good evidence, not a variant of the hero. */
function isSecond(candidate: ScoredMotif, hero: ScoredMotif): boolean {
  const term = candidate.terms[0] as SearchTerm;
  const heroTerm = hero.terms[0] as SearchTerm;
  const heroWords = new Set(hero.motif.label.split(' ').map(lemmaOf));
  return (
    candidate.evidence !== 'tag' &&
    // A trade's symbol is the subject or nothing: "biology" puts no helix beside an octopus.
    (candidate.evidence !== 'lexicon' || term.role !== 'main') &&
    term.role !== 'brand' &&
    term.weight >= MIN_SECOND_WEIGHT &&
    !BROAD_WORDS.has(term.text) &&
    candidate.score >= Math.max(MIN_SECOND_SCORE, hero.score * MIN_SECOND_SHARE) &&
    !hero.terms.some((other) => other.text === term.text) &&
    !term.text.split(' ').some((word) => heroTerm.text.split(' ').includes(word)) &&
    !candidate.motif.label.split(' ').some((word) => heroWords.has(lemmaOf(word)))
  );
}
