import { hexOfOklch, oklchOfHex } from '../../../../imaging/colour/oklab.ts';

const COLOURS: Readonly<Record<string, string>> = {
  red: '#c8202f',
  crimson: '#b01530',
  scarlet: '#d62d20',
  burgundy: '#6b1a33',
  orange: '#e8701a',
  amber: '#d98a12',
  yellow: '#e6b80f',
  gold: '#c1922c',
  golden: '#c1922c',
  lime: '#86c232',
  green: '#2f7d3a',
  mint: '#3aa57f',
  olive: '#6f7432',
  emerald: '#12805c',
  teal: '#0f7f86',
  turquoise: '#0fa3a3',
  cyan: '#18a5c4',
  aqua: '#18a5c4',
  blue: '#1f5fc4',
  navy: '#1d2f6f',
  indigo: '#3b3a9e',
  purple: '#6f3aa8',
  violet: '#7a45c0',
  lilac: '#a890cf',
  lavender: '#a890cf',
  magenta: '#c2187a',
  pink: '#e0609a',
  rose: '#c8375a',
  coral: '#ee6a50',
  peach: '#f2a07b',
  brown: '#6b4226',
  beige: '#e2d3b4',
  cream: '#f6ecd6',
  ivory: '#f8f3e4',
  white: '#ffffff',
  grey: '#6b7280',
  gray: '#6b7280',
  silver: '#9aa3ad',
  charcoal: '#33363b',
  black: '#0d0d10',
};

const SHADES: Readonly<Record<string, number>> = {
  dark: -0.16,
  deep: -0.14,
  midnight: -0.2,
  light: 0.16,
  pale: 0.22,
  soft: 0.12,
  bright: 0.06,
  pastel: 0.2,
};

const NAMED = new RegExp(`\\b(?:(${Object.keys(SHADES).join('|')})\\s+)?(${Object.keys(COLOURS).join('|')})\\b`);
const HEX = /#([0-9a-f]{6}|[0-9a-f]{3})\b/;

/** The first colour that a text names, by word ("dark teal") or as hex; null without one. */
export function colourIn(text: string): string | null {
  const digits = HEX.exec(text)?.[1];
  if (digits !== undefined)
    return `#${digits.length === 3 ? [...digits].map((digit) => digit + digit).join('') : digits}`;
  const [, shade, name] = NAMED.exec(text) ?? [];
  const hex = name === undefined ? undefined : COLOURS[name];
  if (hex === undefined) return null;
  if (shade === undefined) return hex;
  const { l, c, h } = oklchOfHex(hex);
  return hexOfOklch({ l: Math.min(0.97, Math.max(0.12, l + (SHADES[shade] ?? 0))), c, h });
}

/** True for a text that is a colour and nothing else: "blue", "a darker green". */
export function isColourPhrase(text: string): boolean {
  const rest = text
    .replace(NAMED, ' ')
    .replace(/\b(an?|the|more|darker|lighter|brighter|deeper|colou?r|shade|of|and)\b/g, ' ');
  return rest.trim() === '' || (colourIn(text) !== null && rest.trim() === '');
}
