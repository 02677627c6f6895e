/** Hermite ramp from 0 to 1 over 0..1, flat at both ends. */
export function smoothStep(value: number): number {
  const clamped = Math.min(1, Math.max(0, value));
  return clamped * clamped * (3 - 2 * clamped);
}
