import { adjustColours } from '../../../../imaging/adjust-colours.ts';
import type { Edit } from './edit.ts';
import { type Effect, EFFECTS, REVERSERS, strengthOf } from './effects.ts';
import { FILLERS } from './fillers.ts';
import { wordsOf } from './find-colours.ts';

/** "lighter", "slightly warmer", "less contrast", "pastel colours", "black and white": changes of all colours alike. */
export const adjustEdit: Edit = (raster, clause) => {
  const words = wordsOf(clause.replace(/\bblack\s*(and|&|-)\s*white\b/gi, 'greyscale'));
  const effects: Effect[] = [];
  for (const word of words) {
    const effect = EFFECTS.get(word);
    if (effect !== undefined) effects.push(effect);
    else if (!FILLERS.has(word) && !REVERSERS.has(word)) return null;
  }
  if (effects.length === 0) return null;
  const strength = strengthOf(words);
  return effects.reduce((current, effect) => adjustColours(current, effect(strength)), raster);
};
