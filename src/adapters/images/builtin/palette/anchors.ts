import { deltaE, hexOfOklch, oklchOfHex, type Oklch } from '../../../../imaging/colour/oklab.ts';
import type { Random } from '../random/seeded-random.ts';
import type { ThemeHit, ThemeReading } from './read-theme.ts';

export interface Anchor extends Oklch {
  readonly hex: string;
}

/** The theme's colours, sorted by what they can do in a palette; most important first. */
export interface Anchors {
  /** At least two. */
  readonly chromatic: readonly Anchor[];
  readonly light: readonly Anchor[];
  readonly dark: readonly Anchor[];
}

const SAME_COLOUR = 0.09;

export function anchorOf(hex: string): Anchor {
  return { hex, ...oklchOfHex(hex) };
}

/** Distance of two hues in degrees, 0 to 180. */
export function hueDistance(a: number, b: number): number {
  const turn = Math.abs(a - b) % 360;
  return turn > 180 ? 360 - turn : turn;
}

/** Interleaves the colours of the theme's words, so that each word is heard. Without any, seeded hues stand in. */
export function anchorsOf(theme: ThemeReading, random: Random): Anchors {
  const all = interleave(theme.hits).map(anchorOf);
  const light = all.filter((anchor) => anchor.l > 0.87 && anchor.c < 0.08);
  const dark = all.filter((anchor) => anchor.l < 0.3);
  const chromatic: Anchor[] = [];
  for (const anchor of all) {
    if (light.includes(anchor) || dark.includes(anchor) || anchor.c <= 0.035) continue;
    if (!chromatic.some((other) => deltaE(other.hex, anchor.hex) < SAME_COLOUR)) chromatic.push(anchor);
  }
  return { chromatic: completed(chromatic, random), light, dark };
}

function interleave(hits: readonly ThemeHit[]): string[] {
  const longest = Math.max(0, ...hits.map((hit) => hit.colours.length));
  return Array.from({ length: longest }, (_, rank) => hits.flatMap((hit) => hit.colours[rank] ?? [])).flat();
}

function completed(chromatic: Anchor[], random: Random): Anchor[] {
  const [lead] = chromatic;
  const hue = lead?.h ?? random() * 360;
  if (lead === undefined) chromatic.push(anchorOf(hexOfOklch({ l: 0.55, c: 0.14, h: hue })));
  if (chromatic.length < 2)
    chromatic.push(anchorOf(hexOfOklch({ l: 0.7, c: Math.min(0.12, (lead?.c ?? 0.12) + 0.02), h: hue + 150 })));
  return chromatic;
}
