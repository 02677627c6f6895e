import { CANVAS } from './canvas.ts';

/** A number for an SVG attribute: two decimals, no exponent, never "-0". */
export function num(value: number): string {
  const rounded = Math.round(value * 100) / 100;
  return rounded === 0 ? '0' : String(rounded);
}

/** Attributes as text; undefined ones are left out. Values are numbers, hex colours or path data, never user text. */
export function attributes(values: Readonly<Record<string, string | number | undefined>>): string {
  let text = '';
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) text += ` ${name}="${typeof value === 'number' ? num(value) : value}"`;
  }
  return text;
}

export interface Paint {
  readonly fill?: string;
  readonly opacity?: number;
  readonly stroke?: string;
  readonly strokeWidth?: number;
}

const painted = (paint: Paint): string =>
  attributes({
    fill: paint.fill ?? 'none',
    'fill-opacity': paint.opacity,
    stroke: paint.stroke,
    'stroke-width': paint.strokeWidth,
    'stroke-linejoin': paint.stroke === undefined ? undefined : 'round',
    'stroke-linecap': paint.stroke === undefined ? undefined : 'round',
  });

export function path(d: string, paint: Paint, transform?: string): string {
  return `<path d="${d}"${painted(paint)}${attributes({ transform })}/>`;
}

export function circle(cx: number, cy: number, r: number, paint: Paint): string {
  return `<circle${attributes({ cx, cy, r })}${painted(paint)}/>`;
}

export function ellipse(cx: number, cy: number, rx: number, ry: number, paint: Paint): string {
  return `<ellipse${attributes({ cx, cy, rx, ry })}${painted(paint)}/>`;
}

export function rect(x: number, y: number, width: number, height: number, paint: Paint, radius?: number): string {
  return `<rect${attributes({ x, y, width, height, rx: radius })}${painted(paint)}/>`;
}

export function group(content: string, transform?: string): string {
  return `<g${attributes({ transform })}>${content}</g>`;
}

/** Content that shows only inside a path. `id` must be unique within the document. */
export function clipped(id: string, d: string, transform: string, content: string): string {
  return `<clipPath id="${id}"><path transform="${transform}" d="${d}"/></clipPath><g clip-path="url(#${id})">${content}</g>`;
}

/** A gradient from top to bottom of whatever it fills. */
export function verticalGradient(id: string, top: string, bottom: string): string {
  return `<linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${top}"/><stop offset="1" stop-color="${bottom}"/></linearGradient>`;
}

/** The whole picture: a ground colour with content on it. */
export function svgDocument(ground: string, content: string): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${CANVAS}" height="${CANVAS}" viewBox="0 0 ${CANVAS} ${CANVAS}">` +
    `${rect(0, 0, CANVAS, CANVAS, { fill: ground })}${content}</svg>`
  );
}
