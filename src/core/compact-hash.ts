/** The first sixteen digits of a hash as four characters: a part of a string would keep the whole of it in memory. */
export function compactHash(hex: string): string {
  const unit = (start: number): number => Number.parseInt(hex.slice(start, start + 4), 16);
  return String.fromCharCode(unit(0), unit(4), unit(8), unit(12));
}
