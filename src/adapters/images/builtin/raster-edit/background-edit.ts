import { colourOfHex } from '../../../../imaging/recolour/choose-targets.ts';
import { replaceColours } from '../../../../imaging/replace-colours.ts';
import { backgroundOf } from './background.ts';
import type { Edit } from './edit.ts';
import { FILLERS } from './fillers.ts';
import { findColours, wordsOf } from './find-colours.ts';

const BACKGROUND: ReadonlySet<string> = new Set(['background', 'backdrop', 'bg']);

/** "white background", "make the background navy": the colour along the border becomes the named one. */
export const backgroundEdit: Edit = (raster, clause) => {
  const words = wordsOf(clause);
  const colours = findColours(words);
  const [colour] = colours;
  if (colour === undefined || colours.length > 1 || !words.some((word) => BACKGROUND.has(word))) return null;
  const rest = words.filter((_, index) => index < colour.from || index >= colour.to);
  if (!rest.every((word) => BACKGROUND.has(word) || FILLERS.has(word))) return null;
  return replaceColours(raster, (centres) => {
    const background = backgroundOf(raster, centres);
    return centres.map((centre) => (centre === background ? colourOfHex(colour.hex) : centre));
  });
};
