import type { ColourLevel } from '../io.ts';

/** Two cells: about as wide as a character is high. */
const CELL = '  ';

/** Colours as filled cells where the terminal can show them; empty when it shows fewer than 256. */
export function swatches(colors: readonly string[], level: ColourLevel): string {
  if (level < 2) return '';
  return colors.map((color) => `\u001b[48;${background(color, level)}m${CELL}\u001b[49m`).join('');
}

function background(hex: string, level: ColourLevel): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => Number.parseInt(hex.slice(start, start + 2), 16));
  if (level === 3) return `2;${red};${green};${blue}`;
  return `5;${nearestOf256(red, green, blue)}`;
}

/** The 6 x 6 x 6 cube of the 256-colour palette: 0, 95, 135, 175, 215, 255 per channel. */
function nearestOf256(red: number, green: number, blue: number): number {
  const step = (value: number): number => (value < 48 ? 0 : value < 115 ? 1 : Math.floor((value - 35) / 40));
  return 16 + 36 * step(red) + 6 * step(green) + step(blue);
}
