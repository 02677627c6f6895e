import { type Triple, writeLinearOfLab } from './lab.ts';
import { fastSrgbOfLinear } from './srgb.ts';

// Ten halvings leave less than a tenth of a percent of the chroma: below one channel level.
const CHROMA_HALVINGS = 10;
const TOLERANCE = 1e-4;
const linear = new Float64Array(3);

/** Writes the gamma-encoded sRGB (0..1) of an OKLab colour; out of gamut it loses chroma, never lightness or hue. */
export function writeSrgbOfLab(lightness: number, a: number, b: number, out: Triple): void {
  const safeLightness = Math.min(1, Math.max(0, lightness));
  writeLinearOfLab(safeLightness, a, b, linear);
  if (!inGamut()) {
    const share = largestChromaShare(safeLightness, a, b);
    writeLinearOfLab(safeLightness, a * share, b * share, linear);
  }
  out[0] = fastSrgbOfLinear(linear[0]!);
  out[1] = fastSrgbOfLinear(linear[1]!);
  out[2] = fastSrgbOfLinear(linear[2]!);
}

function largestChromaShare(lightness: number, a: number, b: number): number {
  let inside = 0;
  let outside = 1;
  for (let step = 0; step < CHROMA_HALVINGS; step++) {
    const middle = (inside + outside) / 2;
    writeLinearOfLab(lightness, a * middle, b * middle, linear);
    if (inGamut()) inside = middle;
    else outside = middle;
  }
  return inside;
}

function inGamut(): boolean {
  const red = linear[0]!;
  const green = linear[1]!;
  const blue = linear[2]!;
  const low = Math.min(red, green, blue);
  const high = Math.max(red, green, blue);
  return low >= -TOLERANCE && high <= 1 + TOLERANCE;
}
