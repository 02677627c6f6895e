import type { OutputStream } from '../io.ts';
import { paint } from './paint.ts';
import { type Painter, unstyled } from './painter.ts';
import { printable } from './printable.ts';

/** A name, its value and how the value is painted; null values are left out. */
export type Field = readonly [name: string, value: string | number | null, style?: Painter];

/** `name: value` lines; on a terminal the values are aligned. */
export function fieldLines(fields: readonly Field[], { isTTY, colourLevel }: OutputStream): readonly string[] {
  const present = fields.filter(([, value]) => value !== null && value !== '');
  const width = isTTY ? Math.max(0, ...present.map(([name]) => name.length)) + 1 : 0;
  const paints = paint(colourLevel);
  return present.map(([name, value, style = unstyled]) => {
    const text = style(printable(String(value)));
    return `${paints.dim(`${name}:`.padEnd(width))} ${text}`;
  });
}
