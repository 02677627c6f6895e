import type { ColourLevel } from '../io.ts';

type Rgb = readonly [red: number, green: number, blue: number];

/** Colours as their hex codes, each on a ground of its own colour where the terminal shows at least 256. */
export function swatches(colors: readonly string[], level: ColourLevel): string {
  if (level < 2) return colors.join(' ');
  return colors.map((hex) => chip(hex, level)).join('');
}

function chip(hex: string, level: ColourLevel): string {
  const rgb = rgbOf(hex);
  const ink: Rgb = isLight(rgb) ? [0, 0, 0] : [255, 255, 255];
  return `\u001b[48;${code(rgb, level)}m\u001b[38;${code(ink, level)}m ${hex} \u001b[39m\u001b[49m`;
}

function rgbOf(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1, 7), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** Luma by ITU-R BT.601: enough to choose between black and white text. */
function isLight([red, green, blue]: Rgb): boolean {
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140;
}

function code(rgb: Rgb, level: ColourLevel): string {
  return level === 3 ? `2;${rgb.join(';')}` : `5;${nearestOf256(rgb)}`;
}

/** The 256-colour palette's cube has steps 0, 95, 135, 175, 215, 255; from 232 on it has 24 greys, 8 to 238. */
function nearestOf256(rgb: Rgb): number {
  const [red, green, blue] = rgb;
  if (Math.max(...rgb) - Math.min(...rgb) < 16 && red >= 4 && red <= 243) return 232 + Math.round((red - 8) / 10.5);
  const step = (value: number): number => (value < 48 ? 0 : value < 115 ? 1 : Math.floor((value - 35) / 40));
  return 16 + 36 * step(red) + 6 * step(green) + step(blue);
}
