import type { OutputStream } from '../io.ts';
import { paint } from './paint.ts';

/** A name and its value; null values are left out. */
export type Field = readonly [name: string, value: string | number | null];

/** `name: value` lines; on a terminal the values are aligned. */
export function fieldLines(fields: readonly Field[], { isTTY, colourLevel }: OutputStream): readonly string[] {
  const present = fields.filter(([, value]) => value !== null && value !== '');
  const width = isTTY ? Math.max(0, ...present.map(([name]) => name.length)) + 1 : 0;
  const paints = paint(colourLevel);
  return present.map(([name, value]) => `${paints.dim(`${name}:`.padEnd(width))} ${value}`);
}
