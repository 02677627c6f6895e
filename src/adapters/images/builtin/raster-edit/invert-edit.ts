import { adjustColours } from '../../../../imaging/adjust-colours.ts';
import { oklchOfHex } from '../../../../imaging/colour/oklab.ts';
import type { Raster } from '../../../../imaging/raster.ts';
import { dominantColours } from '../../../../imaging/recolour/dominant-colours.ts';
import type { Edit } from './edit.ts';

const MODE = /\b(dark|night|light|day)[\s-]+(mode|theme|version|background)\b/i;
const INVERT = /\b(invert|inverted|negative)\b/i;
const NEGATION = /\b(no|not|don't|without)\b/i;
const BRIGHT = 0.6;

/** "invert", "dark mode", "light version": light and dark change places, hues stay. */
export const invertEdit: Edit = (raster, clause) => {
  if (NEGATION.test(clause)) return null;
  const mode = MODE.exec(clause)?.[1]?.toLowerCase();
  if (mode === undefined) return INVERT.test(clause) ? invert(raster) : null;
  const wantsDark = mode === 'dark' || mode === 'night';
  return isLight(raster) === wantsDark ? invert(raster) : null;
};

function invert(raster: Raster): Raster {
  return adjustColours(raster, { invertLightness: true });
}

function isLight(raster: Raster): boolean {
  const colours = dominantColours(raster, 5);
  return colours.reduce((sum, { hex, share }) => sum + share * oklchOfHex(hex).l, 0) > BRIGHT;
}
