import { writeSrgbOfLab } from './colour/gamut.ts';
import { writeLabOfSrgb } from './colour/lab.ts';
import { NODE_COUNT, NODES_PER_SIDE, RED_STEP } from './recolour/lattice.ts';
import { FIXED_POINT, LANES_PER_NODE } from './recolour/lookup-table.ts';
import { mapPixels } from './recolour/map-pixels.ts';
import type { Raster } from './raster.ts';
import { finishAtOnce } from './sliced-work.ts';

/** Changes to all colours of an image alike; every one defaults to no change. They apply in this order. */
export interface ColourAdjustment {
  /** Light becomes dark and dark light; hues stay, and so do strong colours. Default: false. */
  readonly invertLightness?: boolean | undefined;
  /** -1 (black) .. 1 (white): moves lightness this share of the way. Default: 0. */
  readonly lightness?: number | undefined;
  /** Steepness of lightness around the middle. Default: 1. */
  readonly contrast?: number | undefined;
  /** Factor on chroma; 0 is greyscale. Default: 1. */
  readonly chroma?: number | undefined;
  /** -1 (cooler, towards blue) .. 1 (warmer, towards orange). Default: 0. */
  readonly temperature?: number | undefined;
  /** Degrees (OKLCH) that every hue is turned by. Default: 0. */
  readonly hueShift?: number | undefined;
  /** Gives everything this hue (degrees, OKLCH) at a chroma that follows lightness, as in sepia. Default: none. */
  readonly tint?: { readonly hue: number; readonly chroma: number } | undefined;
}

// OKLab lightness of the middle that contrast turns on.
const MIDDLE = 0.6;
// Chroma at which a colour counts half as grey and half as strong.
const FULL_COLOUR = 0.06;
// OKLab b (and a third of it as a) of a full step of temperature: visible, yet short of a colour filter.
const TEMPERATURE_STEP = 0.08;

type Lab = [lightness: number, a: number, b: number];

/**
 * Adjusts all colours of an image in OKLab; alpha is untouched. The change is computed on a lattice of 33 nodes per channel
 * and interpolated, so its cost does not grow with the number of colours.
 */
export function adjustColours(raster: Raster, adjustment: ColourAdjustment): Raster {
  const table = new Int16Array(NODE_COUNT * LANES_PER_NODE);
  const lab = new Float64Array(3);
  const out = new Float64Array(3);
  for (let node = 0; node < NODE_COUNT; node++) {
    const red = (Math.floor(node / RED_STEP) * 8) / 255;
    const green = ((Math.floor(node / NODES_PER_SIDE) % NODES_PER_SIDE) * 8) / 255;
    const blue = ((node % NODES_PER_SIDE) * 8) / 255;
    writeLabOfSrgb(red, green, blue, lab);
    const adjusted = adjustLab([lab[0]!, lab[1]!, lab[2]!], adjustment);
    writeSrgbOfLab(adjusted[0], adjusted[1], adjusted[2], out);
    for (let channel = 0; channel < 3; channel++) {
      table[node * LANES_PER_NODE + channel] = Math.round(out[channel]! * 255 * FIXED_POINT);
    }
  }
  return finishAtOnce(mapPixels(raster, table, [new Uint8Array(raster.data.length)]))[0]!;
}

function adjustLab(colour: Lab, adjustment: ColourAdjustment): Lab {
  const { chroma = 1, temperature = 0, hueShift = 0, tint } = adjustment;
  const lightness = adjustLightness(colour, adjustment);
  const scaled: Lab = [lightness, colour[1] * chroma, colour[2] * chroma];
  const turned = turnHue(scaled, hueShift);
  return tint === undefined ? warm(turned, temperature) : tinted(lightness, tint);
}

function adjustLightness([original, a, b]: Lab, adjustment: ColourAdjustment): number {
  const { invertLightness = false, lightness = 0, contrast = 1 } = adjustment;
  const upright = invertLightness ? invertedLightness(original, Math.hypot(a, b)) : original;
  const moved = lightness >= 0 ? upright + (1 - upright) * lightness : upright * (1 + lightness);
  return withContrast(Math.min(1, Math.max(0, moved)), contrast);
}

/** Greys change places; a strong colour that did so too would turn to mud or glare, so it stays about as light as it is. */
function invertedLightness(lightness: number, chroma: number): number {
  const colourfulness = chroma ** 2 / (chroma ** 2 + FULL_COLOUR ** 2);
  const kept = Math.min(0.8, Math.max(0.45, lightness));
  return (1 - lightness) * (1 - colourfulness) + kept * colourfulness;
}

/** More contrast bends the scale around the middle, so that nothing is cut off at either end; less pulls it in. */
function withContrast(lightness: number, factor: number): number {
  if (factor <= 1) return MIDDLE + (lightness - MIDDLE) * factor;
  if (lightness < MIDDLE) return MIDDLE * (lightness / MIDDLE) ** factor;
  return 1 - (1 - MIDDLE) * ((1 - lightness) / (1 - MIDDLE)) ** factor;
}

function turnHue([lightness, a, b]: Lab, degrees: number): Lab {
  if (degrees === 0) return [lightness, a, b];
  const radians = (degrees * Math.PI) / 180;
  const cosine = Math.cos(radians);
  const sine = Math.sin(radians);
  return [lightness, a * cosine - b * sine, a * sine + b * cosine];
}

/** White and black keep their place: only what lies between takes on the cast. */
function warm([lightness, a, b]: Lab, temperature: number): Lab {
  const shift = temperature * TEMPERATURE_STEP * roomForChroma(lightness);
  return [lightness, a + shift / 3, b + shift];
}

function tinted(lightness: number, { hue, chroma }: { hue: number; chroma: number }): Lab {
  const radians = (hue * Math.PI) / 180;
  const strength = chroma * roomForChroma(lightness);
  return [lightness, strength * Math.cos(radians), strength * Math.sin(radians)];
}

/** 0 at black and white, 1 in the middle. */
function roomForChroma(lightness: number): number {
  return Math.min(1, 4 * Math.min(1, Math.max(0, lightness)) * (1 - Math.min(1, Math.max(0, lightness))));
}
