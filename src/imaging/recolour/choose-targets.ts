import { invalidInput } from '../../core/errors.ts';
import { hexOfOklab } from '../colour/oklab.ts';
import { parseHex } from '../colour/hex.ts';
import { type Lab, labOfRgb } from '../colour/lab.ts';
import { assignPalette } from './assign-palette.ts';
import { capLightnessStretch } from './lightness-stretch.ts';
import type { Centre, Colour } from './centre.ts';

export const MAX_PALETTE_COLOURS = 12;

export interface TargetOptions {
  /** `match` keeps light above dark; `order` gives the i-th largest colour the i-th of the palette. */
  readonly assignment: 'match' | 'order';
  /** See capLightnessStretch(). */
  readonly capStretch: boolean;
}

/** The new colour of every centre for one palette (1..12 hex colours, repeated ones count once). */
export function chooseTargets(
  centres: readonly Centre[],
  palette: readonly string[],
  options: TargetOptions,
): Colour[] {
  const colours = distinctColours(palette);
  const assigned =
    options.assignment === 'order'
      ? centres.map((_, index) => (index < colours.length ? index : null))
      : assignPalette(centres, colours);
  const targets = centres.map((centre, index) => {
    const colour = assigned[index] ?? null;
    return colour === null ? shadeOfNearest(centre, centres, colours, assigned) : colours[colour]!;
  });
  return options.capStretch ? capLightnessStretch(centres, targets) : targets;
}

export function colourOfHex(hex: string): Colour {
  const rgb = parseHex(hex);
  return { rgb, lab: labOfRgb(rgb) };
}

function distinctColours(palette: readonly string[]): Colour[] {
  if (palette.length === 0) throw invalidInput('palette', 'expected 1 to 12 colours, received none');
  const colours = palette.slice(0, MAX_PALETTE_COLOURS).map(colourOfHex);
  const keys = colours.map(({ rgb }) => rgb.join());
  return colours.filter((_, index) => keys.indexOf(keys[index]!) === index);
}

/**
 * For a centre that the palette has no colour left for: a lighter or darker shade of the colour that the centre most like
 * it received, so that what was apart in the image stays apart.
 */
function shadeOfNearest(
  centre: Centre,
  centres: readonly Centre[],
  colours: readonly Colour[],
  assigned: ReadonlyArray<number | null>,
): Colour {
  const served = centres.flatMap((other, index) => {
    const colour = assigned[index] ?? null;
    return colour === null ? [] : [{ other, colour: colours[colour]! }];
  });
  const nearest = served.reduce((best, candidate) =>
    likeness(centre, candidate.other) < likeness(centre, best.other) ? candidate : best,
  );
  return shaded(nearest.colour, nearest.other.lab[0], centre.lab[0]);
}

/** Lightness counts most: a shade differs from its colour by little else. */
function likeness(first: Centre, second: Centre): number {
  const lightness = first.lab[0] - second.lab[0];
  const chroma = Math.hypot(first.lab[1] - second.lab[1], first.lab[2] - second.lab[2]);
  return lightness ** 2 + 0.5 * chroma ** 2;
}

/** Black stays black and white white; between, lightness keeps its proportion to that of the served colour. */
function shaded({ lab }: Colour, servedLightness: number, lightness: number): Colour {
  const lighter = lightness > servedLightness;
  const scale = lighter ? (1 - lightness) / (1 - servedLightness) : lightness / Math.max(servedLightness, 1e-4);
  const shade = lighter ? 1 - (1 - lab[0]) * scale : lab[0] * scale;
  const colour: Lab = [shade, lab[1] * scale, lab[2] * scale];
  return colourOfHex(hexOfOklab(colour));
}
