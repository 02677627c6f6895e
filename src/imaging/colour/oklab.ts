import { writeSrgbOfLab } from './gamut.ts';
import { formatHex, parseHex, type Rgb } from './hex.ts';
import { type Lab, labDistance, labOfRgb } from './lab.ts';

export { cvdDistance } from './colour-blindness.ts';
export { contrastRatio } from './contrast.ts';

/** OKLCH: lightness `l` 0..1, chroma `c` 0..about 0.32 within sRGB, hue `h` in degrees 0..360. */
export interface Oklch {
  readonly l: number;
  readonly c: number;
  readonly h: number;
}

/** OKLab of a hex colour. @throws INVALID_INPUT when it is not one. */
export function oklabOfHex(hex: string): Lab {
  return labOfRgb(parseHex(hex));
}

/** OKLCH of a hex colour; the hue of a grey is meaningless but finite. @throws INVALID_INPUT */
export function oklchOfHex(hex: string): Oklch {
  const [lightness, a, b] = oklabOfHex(hex);
  const degrees = (Math.atan2(b, a) * 180) / Math.PI;
  return { l: lightness, c: Math.hypot(a, b), h: (degrees + 360) % 360 };
}

/** The hex colour nearest to an OKLCH colour: lightness and hue are kept, chroma is reduced until sRGB can show it. */
export function hexOfOklch({ l, c, h }: Oklch): string {
  const radians = (h * Math.PI) / 180;
  return hexOfOklab([l, c * Math.cos(radians), c * Math.sin(radians)]);
}

/** As {@link hexOfOklch}, of an OKLab colour. */
export function hexOfOklab([lightness, a, b]: Lab): string {
  const out = new Float64Array(3);
  writeSrgbOfLab(lightness, a, b, out);
  const rgb: Rgb = [out[0]! * 255, out[1]! * 255, out[2]! * 255];
  return formatHex(rgb);
}

/** OKLab distance of two hex colours: about 0.02 is just noticeable, black to white is 1. */
export function deltaE(firstHex: string, secondHex: string): number {
  return labDistance(oklabOfHex(firstHex), oklabOfHex(secondHex));
}

/** The colour `share` (0..1) of the way from the first to the second, mixed in OKLab. */
export function mixHex(firstHex: string, secondHex: string, share: number): string {
  const first = oklabOfHex(firstHex);
  const second = oklabOfHex(secondHex);
  const at = (index: 0 | 1 | 2): number => first[index] + (second[index] - first[index]) * share;
  return hexOfOklab([at(0), at(1), at(2)]);
}
