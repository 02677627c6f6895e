import type { ColourLevel } from '../io.ts';
import type { Painter } from './painter.ts';

export interface Paints {
  readonly bold: Painter;
  readonly dim: Painter;
  readonly red: Painter;
  readonly green: Painter;
  readonly yellow: Painter;
  readonly cyan: Painter;
}

/** Text styles by ANSI escapes; plain text when the stream shows no colours. */
export function paint(level: ColourLevel): Paints {
  const style =
    (open: number, close: number): Painter =>
    (text) =>
      level === 0 ? text : `\u001b[${open}m${text}\u001b[${close}m`;
  return {
    bold: style(1, 22),
    dim: style(2, 22),
    red: style(31, 39),
    green: style(32, 39),
    yellow: style(33, 39),
    cyan: style(36, 39),
  };
}
