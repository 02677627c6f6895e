import type { Raster } from '../../../../imaging/raster.ts';
import type { Centre, Colour } from '../../../../imaging/recolour/centre.ts';
import { chooseTargets, colourOfHex } from '../../../../imaging/recolour/choose-targets.ts';
import { replaceColours } from '../../../../imaging/replace-colours.ts';
import { backgroundOf } from './background.ts';
import type { Edit } from './edit.ts';
import { FILLERS } from './fillers.ts';
import { findColours, wordsOf } from './find-colours.ts';

const NEUTRAL_CHROMA = 0.04;

/** "make it blue", "blue and gold", "use #1a2b3c": the image's colours become the named ones. */
export const schemeEdit: Edit = (raster, clause) => {
  const words = wordsOf(clause);
  const colours = findColours(words);
  if (colours.length === 0) return null;
  const isInColour = (index: number): boolean => colours.some(({ from, to }) => index >= from && index < to);
  if (!words.every((word, index) => isInColour(index) || FILLERS.has(word))) return null;
  const palette = colours.map(({ hex }) => hex);
  return replaceColours(raster, (centres) => {
    const chosen = chooseCentres(raster, centres, palette);
    const targets = chooseTargets(chosen, palette, { assignment: 'match', capStretch: false });
    return centres.map((centre) => targets[chosen.indexOf(centre)] ?? centre);
  });
};

/**
 * Which dominant colours a colour scheme is about. A white page and black type stay as they are unless the scheme names a
 * neutral colour or has more colours than the image has colourful ones.
 */
function chooseCentres(raster: Raster, centres: readonly Centre[], palette: readonly string[]): readonly Centre[] {
  if (palette.map(colourOfHex).some(isNeutral)) return centres;
  const colourful = centres.filter((centre) => !isNeutral(centre));
  if (colourful.length >= palette.length) return colourful;
  const background = backgroundOf(raster, centres);
  const foreground = centres.filter((centre) => centre !== background);
  return foreground.length >= palette.length ? foreground : centres;
}

function isNeutral({ lab }: Colour): boolean {
  return Math.hypot(lab[1], lab[2]) < NEUTRAL_CHROMA;
}
