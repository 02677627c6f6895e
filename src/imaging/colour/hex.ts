import { ConceptError } from '../../core/errors.ts';

/** Red, green and blue, 0..255 each. */
export type Rgb = readonly [red: number, green: number, blue: number];

const HEX_COLOUR = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i;

/**
 * Reads `#rgb` or `#rrggbb` (the `#` is optional, case does not matter).
 * @throws INVALID_INPUT when it is neither.
 */
export function parseHex(hex: string): Rgb {
  const digits = HEX_COLOUR.exec(hex.trim())?.[1];
  if (digits === undefined) {
    throw new ConceptError('INVALID_INPUT', `expected a hex colour, received ${JSON.stringify(hex.slice(0, 40))}`, {
      hint: 'write colours as #rrggbb, for example #1a2b3c',
    });
  }
  const long = digits.length === 3 ? digits.replace(/./g, '$&$&') : digits;
  const value = Number.parseInt(long, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** Formats channels of 0..255 (rounded and clamped) as lower-case `#rrggbb`. */
export function formatHex(rgb: Rgb): string {
  const digits = rgb.map((channel) => {
    const byte = Math.min(255, Math.max(0, Math.round(channel)));
    return byte.toString(16).padStart(2, '0');
  });
  return `#${digits.join('')}`;
}
