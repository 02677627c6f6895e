import type { Environment } from './settings.ts';

/** What the user asked of colours: `auto` leaves it to the terminal. */
export type ColourWish = 'never' | 'auto' | 'basic' | '256' | 'truecolour';

/** Reads `NO_COLOR` (https://no-color.org) and `FORCE_COLOR` (0 to 3, or empty); `NO_COLOR` wins. */
export function colourWish(environment: Environment = process.env): ColourWish {
  if (environment['NO_COLOR']) return 'never';
  const force = environment['FORCE_COLOR'];
  if (force === undefined) return 'auto';
  if (force === '0' || force === 'false') return 'never';
  if (force === '2') return '256';
  return force === '3' ? 'truecolour' : 'basic';
}
