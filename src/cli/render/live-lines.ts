import type { OutputStream } from '../io.ts';

/** Lines on a terminal that are drawn anew in place; the last ones are left standing. */
export type DrawLines = (lines: readonly string[]) => void;

/** Lines must be shorter than the terminal is wide: one that wraps would not be drawn over. */
export function liveLines({ write }: Pick<OutputStream, 'write'>): DrawLines {
  let drawn = 0;
  return (lines) => {
    const up = drawn === 0 ? '' : `\r\u001b[${drawn}A`;
    const text = lines.map((line) => `${line}\u001b[K\n`).join('');
    write(`${up}${text}\u001b[J`);
    drawn = lines.length;
  };
}
