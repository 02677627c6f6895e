import { labDistance } from '../../../../imaging/colour/lab.ts';
import { oklabOfHex } from '../../../../imaging/colour/oklab.ts';
import type { Centre } from '../../../../imaging/recolour/centre.ts';
import { colourOfHex } from '../../../../imaging/recolour/choose-targets.ts';
import { replaceColours } from '../../../../imaging/replace-colours.ts';
import type { Edit } from './edit.ts';
import { FILLERS } from './fillers.ts';
import { findColours, wordsOf } from './find-colours.ts';

const REPLACE = /\b(?:replace|swap|change|turn|make)\s+(.+?)\s+(?:with|for|by|to|into|in)\s+(.+)$/i;
const INSTEAD = /^(?:use|make\s+it|have)?\s*(.+?)\s+instead\s+of\s+(.+)$/i;
const SAME_HUE = 0.6;
const NEUTRAL_CHROMA = 0.04;

/** "replace red with teal", "gold instead of yellow": the image's colours of that name become the new one. */
export const replaceEdit: Edit = (raster, clause) => {
  const wish = readWish(clause);
  if (wish === null) return null;
  return replaceColours(raster, (centres) =>
    centres.map((centre) => (isCalled(centre, wish.from) ? colourOfHex(wish.to) : centre)),
  );
};

function readWish(clause: string): { readonly from: string; readonly to: string } | null {
  const instead = INSTEAD.exec(clause);
  if (instead !== null) return pair(instead[2]!, instead[1]!);
  const replace = REPLACE.exec(clause);
  return replace === null ? null : pair(replace[1]!, replace[2]!);
}

function pair(fromText: string, toText: string): { from: string; to: string } | null {
  const [from, to] = [soleColour(fromText), soleColour(toText)];
  return from === null || to === null ? null : { from, to };
}

/** The one colour that a phrase names, if it says nothing else. */
function soleColour(phrase: string): string | null {
  const words = wordsOf(phrase);
  const colours = findColours(words);
  const [colour] = colours;
  if (colour === undefined || colours.length > 1) return null;
  const rest = words.filter((_, index) => index < colour.from || index >= colour.to);
  return rest.every((word) => FILLERS.has(word) || word === 'parts' || word === 'areas') ? colour.hex : null;
}

/** Whether somebody would call a colour by the name of another: near it, or of its hue in another shade. */
function isCalled({ lab }: Centre, hex: string): boolean {
  const named = oklabOfHex(hex);
  if (labDistance(lab, named) < 0.12) return true;
  const [chroma, namedChroma] = [Math.hypot(lab[1], lab[2]), Math.hypot(named[1], named[2])];
  if (namedChroma < NEUTRAL_CHROMA) return chroma < NEUTRAL_CHROMA && Math.abs(lab[0] - named[0]) < 0.2;
  const cosine = (lab[1] * named[1] + lab[2] * named[2]) / (Math.max(chroma, 1e-6) * namedChroma);
  return chroma > NEUTRAL_CHROMA && Math.acos(Math.min(1, cosine)) < SAME_HUE && Math.abs(lab[0] - named[0]) < 0.3;
}
