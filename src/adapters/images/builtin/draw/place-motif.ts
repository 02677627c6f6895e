import type { Library } from '../assets/library.ts';
import type { Motif, MotifBox } from '../assets/motif.ts';
import { recolourBody, type Paints } from './recolour-motif.ts';
import { num } from './svg.ts';

/** Where a motif goes: by its visible pixels, never by its grid, so that it is optically centred. */
export interface Placement {
  readonly cx: number;
  /** Centre, or the lower edge with `anchor: 'bottom'`. */
  readonly y: number;
  readonly anchor?: 'centre' | 'bottom';
  /** Height of the visible part. */
  readonly height?: number;
  /** Longest side of the visible part; with `height`, a limit. */
  readonly size?: number;
  readonly flip?: boolean;
}

/** A line around the whole motif that lifts it off a busy ground. */
export interface Outline {
  readonly colour: string;
  readonly width: number;
}

/** A motif in several colours of the palette. */
export function placeFlat(
  motif: Motif,
  library: Library,
  placement: Placement,
  paints: Paints,
  outline?: Outline,
  order?: readonly string[],
): string {
  const body = library.bodyOf(motif, 'flat');
  const fit = fitOf(motif.flat.box, placement);
  const behind = outline === undefined ? '' : outlineOf(body, outline, fit.scale);
  return `<g transform="${fit.transform}">${behind}${recolourBody(motif, body, paints, order)}</g>`;
}

/** A motif in one colour, details cut out. Motifs without such a drawing become silhouettes. */
export function placeMono(motif: Motif, library: Library, placement: Placement, colour: string): string {
  const { mono } = motif;
  const fit = fitOf((mono ?? motif.flat).box, placement);
  const body =
    mono === null
      ? unpainted(library.bodyOf(motif, 'flat'), colour)
      : library.bodyOf(motif, 'mono').replaceAll('currentColor', colour);
  return `<g transform="${fit.transform}">${body}</g>`;
}

/** Width over height of a motif's visible part. */
export const aspectOf = (motif: Motif): number => motif.flat.box[2] / motif.flat.box[3];

function fitOf([left, top, width, height]: MotifBox, placement: Placement): { transform: string; scale: number } {
  const bySize = placement.size === undefined ? Number.POSITIVE_INFINITY : placement.size / Math.max(width, height);
  const byHeight = placement.height === undefined ? Number.POSITIVE_INFINITY : placement.height / height;
  const scale = Math.min(bySize, byHeight);
  const anchorY = placement.anchor === 'bottom' ? top + height : top + height / 2;
  const mirrored = placement.flip === true ? -1 : 1;
  const precise = (value: number): string => String(Math.round(value * 10_000) / 10_000);
  const transform =
    `translate(${num(placement.cx)} ${num(placement.y)}) scale(${precise(scale * mirrored)} ${precise(scale)}) ` +
    `translate(${precise(-left - width / 2)} ${precise(-anchorY)})`;
  return { transform, scale };
}

/** The same shapes in one colour. */
function unpainted(body: string, colour: string): string {
  return body
    .replace(/ (fill|stroke)="(?!none)[^"]*"/g, ` $1="${colour}"`)
    .replace(/ (fill-opacity|opacity)="[^"]*"/g, '');
}

function outlineOf(body: string, { colour, width }: Outline, scale: number): string {
  const shapes = unpainted(body, colour).replace(/<g fill="none">/, '<g>');
  return `<g stroke="${colour}" stroke-width="${num((width * 2) / scale)}" stroke-linejoin="round" stroke-linecap="round">${shapes}</g>`;
}
