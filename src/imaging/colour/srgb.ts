/** Linear light (0..1) of a gamma-encoded sRGB channel (0..1); IEC 61966-2-1. */
export function linearOfSrgb(encoded: number): number {
  return encoded <= 0.04045 ? encoded / 12.92 : ((encoded + 0.055) / 1.055) ** 2.4;
}

/** Gamma-encoded sRGB (0..1) of linear light (0..1); values outside are clamped. */
export function srgbOfLinear(linear: number): number {
  if (linear <= 0) return 0;
  if (linear >= 1) return 1;
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
}

/** Linear light by channel byte: per-pixel work cannot afford a power per channel. */
export const LINEAR_OF_BYTE: Float64Array = Float64Array.from({ length: 256 }, (_, byte) => linearOfSrgb(byte / 255));

const ENCODE_STEPS = 4096;
const ENCODED = Float64Array.from({ length: ENCODE_STEPS + 2 }, (_, step) => srgbOfLinear(step / ENCODE_STEPS));

/** {@link srgbOfLinear} by table and linear interpolation: off by less than 0.1 of a channel level above the toe. */
export function fastSrgbOfLinear(linear: number): number {
  if (linear <= 0) return 0;
  if (linear >= 1) return 1;
  const position = linear * ENCODE_STEPS;
  const step = Math.floor(position);
  const below = ENCODED[step]!;
  return below + (ENCODED[step + 1]! - below) * (position - step);
}
