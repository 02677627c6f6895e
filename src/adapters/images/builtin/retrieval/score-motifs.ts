import type { Motif } from '../assets/motif.ts';
import { ACTION_OBJECTS } from '../language/word-classes.ts';
import type { SearchIndex } from './search-index.ts';
import type { SearchTerm } from './search-terms.ts';

/** What kind of match speaks for a motif; tags are the weakest. */
export type Evidence = 'name' | 'lexicon' | 'name word' | 'action' | 'tag';

export interface ScoredMotif {
  readonly motif: Motif;
  readonly score: number;
  /** The terms that found it, strongest first. */
  readonly terms: readonly SearchTerm[];
  readonly evidence: Evidence;
}

interface Hit {
  readonly term: SearchTerm;
  readonly points: number;
  readonly evidence: Evidence;
}

type Hits = Map<Motif, Map<string, Hit>>;

/** Points out of 10 for a whole match of each kind, before the term's weight. Figures from trials on 100 prompts. */
const NAME_POINTS = 10;
const ACTION_POINTS = 10.4;
const LEXICON_POINTS = 9.6;
const LEXICON_STEP = 0.45;
const HEAD_WORD_POINTS = 6.6;
const NAME_WORD_POINTS = 5.2;
const FACE_POINTS = 9.7;
const TAG_POINTS = 6;
/** What further terms add, divided by their rank. */
const EXTRA_TERM_SHARE = 0.35;
/** A creature that is named outright is the subject, whatever it does. */
const CREATURE_BONUS = 1.13;

/** Motifs that some term speaks for, best first; equal scores are ordered by id, so the order never changes. */
export function scoreMotifs(terms: readonly SearchTerm[], index: SearchIndex): ScoredMotif[] {
  const hits: Hits = new Map();
  for (const term of terms) collectHits(term, index, hits);
  const scored = [...hits].map(([motif, byTerm]) => combine(motif, [...byTerm.values()]));
  return scored.sort((a, b) => b.score - a.score || (a.motif.id < b.motif.id ? -1 : 1));
}

function collectHits(term: SearchTerm, index: SearchIndex, hits: Hits): void {
  const add = (motif: Motif, points: number, evidence: Evidence): void => {
    const byTerm = hits.get(motif) ?? new Map<string, Hit>();
    hits.set(motif, byTerm);
    const known = byTerm.get(term.text);
    if (known === undefined || known.points < points) byTerm.set(term.text, { term, points, evidence });
  };
  if (term.role === 'action') {
    (ACTION_OBJECTS.get(term.surface) ?? []).forEach((name, rank) => {
      for (const motif of index.byName.get(name) ?? []) add(motif, (ACTION_POINTS - rank) * term.weight, 'action');
    });
    return;
  }
  const forms = new Set([term.text, term.surface]);
  for (const form of forms) {
    for (const motif of index.byName.get(form) ?? []) add(motif, NAME_POINTS * term.weight, 'name');
    addTagHits(form, term, index, add);
  }
  const targets = index.library.lexicon.get(term.text) ?? index.library.lexicon.get(term.surface) ?? [];
  targets.forEach((name, rank) => {
    const points = (LEXICON_POINTS - rank * LEXICON_STEP) * term.weight;
    for (const motif of index.byName.get(name) ?? []) add(motif, points, 'lexicon');
  });
  for (const motif of index.byNameWord.get(term.text) ?? []) {
    add(motif, nameWordPoints(motif, term.text) * term.weight, 'name word');
  }
}

type AddHit = (motif: Motif, points: number, evidence: Evidence) => void;

/** A tag that many motifs share says little: inverse document frequency. */
function addTagHits(form: string, term: SearchTerm, index: SearchIndex, add: AddHit): void {
  const motifs = index.byTag.get(form) ?? [];
  const rarity = Math.min(1, 1.6 / Math.log2(2 + motifs.length));
  for (const motif of motifs) add(motif, TAG_POINTS * rarity * term.weight, 'tag');
}

function nameWordPoints(motif: Motif, word: string): number {
  const words = motif.label.split(' ');
  if (words[1] === 'face' && words[0] === word) return FACE_POINTS;
  const isHead = words.at(-1) === word;
  return (isHead ? HEAD_WORD_POINTS : NAME_WORD_POINTS) - 0.25 * (words.length - 2);
}

function combine(motif: Motif, hits: Hit[]): ScoredMotif {
  hits.sort((a, b) => b.points - a.points);
  const best = hits[0] as Hit;
  let score = best.points;
  hits.slice(1).forEach((hit, rank) => (score += (hit.points * EXTRA_TERM_SHARE) / (rank + 1)));
  if (isCreature(motif) && best.evidence === 'name' && best.term.role !== 'for') score *= CREATURE_BONUS;
  return { motif, score, terms: hits.map((hit) => hit.term), evidence: best.evidence };
}

const FIGURES =
  /^(ghost|robot|alien|alien monster|mermaid|merman|merperson|fairy|mage|ninja|vampire|skull|snowman|zombie|genie|superhero|astronaut|elf)$/;

/** Animals and figures: what a prompt names first when it tells a little story. */
export function isCreature(motif: Motif): boolean {
  return motif.kind === 'animal' || FIGURES.test(motif.label);
}
