/** A proper name in a prompt; it is never the subject. */
export interface BrandName {
  readonly name: string;
  /** The part of the prompt that it came with, quotes included. */
  readonly match: string;
}

const QUOTED = /["“„«]([^"”“»]{2,40})["”“»]/;
const SINGLE_QUOTED = /(?:^|[\s(])[‘']([^’']*[^\s’'][^’']*?)[’'](?=$|[\s,.;:)!])/;
const NAMED =
  /\b(?:called|named|titled|brand(?: name)?(?: is)?)\s+((?:[\p{Lu}\d][\p{L}\d'’.-]*)(?:\s+(?:&|and|of|the|von|de|du|la)?\s*[\p{Lu}\d][\p{L}\d'’.-]*){0,3})/u;
const PROPER_RUN = /[\p{Lu}][\p{L}\d'’-]*(?:\s+(?:&|and)\s+[\p{Lu}][\p{L}\d'’-]*|\s+[\p{Lu}][\p{L}\d'’-]*){1,3}/gu;
const SENTENCE_WORDS = /^(A|An|The|Logo|Make|Create|Design|Draw|I|We|For)$/;

/** The brand name of a prompt: quoted, after "called" or "named", or two capitalised words amid a sentence. */
export function findBrand(prompt: string): BrandName | null {
  const explicit = QUOTED.exec(prompt) ?? SINGLE_QUOTED.exec(prompt) ?? NAMED.exec(prompt);
  const name = explicit?.[1]?.trim().replace(/[.,]$/, '') ?? '';
  if (explicit !== null && name.length > 1) return { name, match: explicit[0] };
  return capitalisedRun(prompt);
}

function capitalisedRun(prompt: string): BrandName | null {
  // In A Title Every Word Is Capitalised: that says nothing.
  const lowerCaseWords = prompt.match(/(^|\s)\p{Ll}[\p{L}-]{2,}/gu)?.length ?? 0;
  if (lowerCaseWords < 1) return null;
  for (const run of prompt.matchAll(PROPER_RUN)) {
    const isSentenceStart = run.index === 0 || /[.!?]\s*$/.test(prompt.slice(0, run.index));
    const first = run[0].split(/\s+/)[0] ?? '';
    if (!isSentenceStart && !SENTENCE_WORDS.test(first)) return { name: run[0], match: run[0] };
  }
  return null;
}
