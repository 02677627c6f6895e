import type { Rgb } from './hex.ts';
import { LINEAR_OF_BYTE, linearOfSrgb } from './srgb.ts';

/** OKLab: lightness 0..1, a green-red, b blue-yellow. */
export type Lab = readonly [lightness: number, a: number, b: number];

/** A typed array that a conversion writes three numbers into; avoids an allocation per colour. */
export type Triple = Float64Array | Float32Array;

/** Writes the OKLab of a linear-light colour to `out[offset..offset + 2]`. Source: Björn Ottosson, "A perceptual color space for image processing". */
export function writeLabOfLinear(red: number, green: number, blue: number, out: Triple, offset = 0): void {
  const long = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const medium = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const short = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  out[offset] = 0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short;
  out[offset + 1] = 1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short;
  out[offset + 2] = 0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short;
}

/** Writes the linear-light colour (unclamped) of an OKLab colour to `out[0..2]`. */
export function writeLinearOfLab(lightness: number, a: number, b: number, out: Triple): void {
  const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  out[0] = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short;
  out[1] = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short;
  out[2] = -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short;
}

/** Writes the OKLab of a gamma-encoded colour (channels 0..1) to `out[offset..offset + 2]`. */
export function writeLabOfSrgb(red: number, green: number, blue: number, out: Triple, offset = 0): void {
  writeLabOfLinear(linearOfSrgb(red), linearOfSrgb(green), linearOfSrgb(blue), out, offset);
}

/** OKLab of a colour with channels 0..255, which need not be whole. */
export function labOfRgb([red, green, blue]: Rgb): Lab {
  const out = new Float64Array(3);
  writeLabOfLinear(linearOfChannel(red), linearOfChannel(green), linearOfChannel(blue), out);
  return [out[0]!, out[1]!, out[2]!];
}

/** Distance of two OKLab colours. */
export function labDistance(first: Lab, second: Lab): number {
  return Math.hypot(first[0] - second[0], first[1] - second[1], first[2] - second[2]);
}

function linearOfChannel(channel: number): number {
  return LINEAR_OF_BYTE[channel] ?? linearOfSrgb(channel / 255);
}
