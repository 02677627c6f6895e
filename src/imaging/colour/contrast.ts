import { parseHex } from './hex.ts';
import { LINEAR_OF_BYTE } from './srgb.ts';

/** WCAG 2.x contrast ratio of two colours, 1 (equal) .. 21 (black and white); the order does not matter. */
export function contrastRatio(firstHex: string, secondHex: string): number {
  const first = relativeLuminance(firstHex);
  const second = relativeLuminance(secondHex);
  return (Math.max(first, second) + 0.05) / (Math.min(first, second) + 0.05);
}

/** WCAG 2.x relative luminance, 0 (black) .. 1 (white). */
function relativeLuminance(hex: string): number {
  const [red, green, blue] = parseHex(hex);
  return 0.2126 * LINEAR_OF_BYTE[red]! + 0.7152 * LINEAR_OF_BYTE[green]! + 0.0722 * LINEAR_OF_BYTE[blue]!;
}
