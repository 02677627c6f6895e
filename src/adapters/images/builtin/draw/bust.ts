import { mixHex } from '../../../../imaging/colour/oklab.ts';
import type { Library } from '../assets/library.ts';
import type { Motif } from '../assets/motif.ts';
import { wornOn } from '../scene/pose.ts';
import { aspectOf, placeFlat, type Outline } from './place-motif.ts';
import { assignPaints, type Paints } from './recolour-motif.ts';
import { num, path, rect } from './svg.ts';

export interface Bust {
  readonly head: Motif;
  /** Held in the paws or worn. */
  readonly prop: Motif | null;
  readonly cx: number;
  /** Where the shoulders end; the clip of the badge cuts below it. */
  readonly bottom: number;
  readonly height: number;
  readonly paints: Paints;
  readonly propPaints: Paints;
  readonly outline: Outline;
}

/** A head-only creature with shoulders, a pale chest, and paws that hold its thing, or with the thing on its head. */
export function drawBust(bust: Bust, library: Library): string {
  const { head, cx, bottom, height, paints, outline } = bust;
  const order = assignPaints(head, paints);
  const coat = order[0] ?? paints.light;
  const top = bottom - height;
  const headHeight = height * 0.66;
  const face = (line?: Outline): string =>
    placeFlat(
      head,
      library,
      { cx, y: top + headHeight / 2, height: headHeight, size: height * 0.92 },
      paints,
      line,
      order,
    );
  const shoulders = torso({ cx, bottom, height, halfWidth: height * 0.4, rise: 0.04 });
  const chest = torso({ cx, bottom, height, halfWidth: height * 0.2, rise: -0.04 });
  return (
    path(shoulders, { fill: outline.colour, stroke: outline.colour, strokeWidth: outline.width * 2 }) +
    face(outline) +
    path(shoulders, { fill: mixHex(coat, '#000000', 0.14) }) +
    path(chest, { fill: mixHex(coat, paints.light, 0.62) }) +
    face() +
    propOf(bust, coat, library)
  );
}

interface Torso {
  readonly cx: number;
  readonly bottom: number;
  readonly height: number;
  readonly halfWidth: number;
  readonly rise: number;
}

function torso({ cx, bottom, height, halfWidth, rise }: Torso): string {
  const neck = bottom - height + height * 0.66 * 0.86;
  const foot = num(bottom + height * 0.1);
  const side = (sign: number, y: number, share: number): string =>
    `${num(cx + sign * halfWidth * share)} ${num(neck + height * y)}`;
  const crown = num(neck - height * rise);
  return (
    `M${num(cx - halfWidth)} ${foot}C${side(-1, 0.12, 1.02)} ${num(cx - halfWidth * 0.62)} ${crown} ${num(cx)} ${crown}` +
    `C${num(cx + halfWidth * 0.62)} ${crown} ${side(1, 0.12, 1.02)} ${num(cx + halfWidth)} ${foot}Z`
  );
}

function propOf(bust: Bust, coat: string, library: Library): string {
  if (bust.prop === null) return '';
  const place = wornOn(bust.prop);
  if (place === 'ears') return headphones(bust);
  const { cx, bottom, height, propPaints, outline, prop } = bust;
  const top = bottom - height;
  const headHeight = height * 0.66;
  if (place === 'top') {
    const hat = {
      cx,
      y: top + headHeight * 0.14,
      height: headHeight * 0.52,
      size: height * 0.62,
      anchor: 'bottom' as const,
    };
    return placeFlat(prop, library, hat, propPaints, { ...outline, width: 6 });
  }
  if (place === 'eyes')
    return placeFlat(prop, library, { cx, y: top + headHeight * 0.55, size: height * 0.6 }, propPaints);
  return heldThing(bust, prop, coat, library);
}

function heldThing(
  { cx, bottom, height, propPaints, outline }: Bust,
  prop: Motif,
  coat: string,
  library: Library,
): string {
  const y = bottom - height * 0.13;
  const propHeight = height * 0.34;
  const propWidth = height * 0.62;
  const drawn = placeFlat(prop, library, { cx, y, height: propHeight, size: propWidth }, propPaints, {
    ...outline,
    width: outline.width * 0.8,
  });
  const reach = Math.min(propWidth, propHeight * aspectOf(prop)) / 2;
  const paws = [-1, 1].map((side) => {
    const x = cx + side * reach * 0.98;
    const pawY = y + propHeight * 0.3;
    const turn = `rotate(${side * -14} ${num(x)} ${num(pawY)})`;
    return `<ellipse cx="${num(x)}" cy="${num(pawY)}" rx="${num(height * 0.062)}" ry="${num(height * 0.078)}" fill="${coat}" transform="${turn}"/>`;
  });
  return drawn + paws.join('');
}

/** Drawn rather than placed: a band over the head and a cup on each ear fit every head. */
function headphones({ head, cx, bottom, height, paints, propPaints }: Bust): string {
  const top = bottom - height;
  const headHeight = height * 0.66;
  const half = Math.min(headHeight * aspectOf(head), height * 0.92) * 0.44;
  const ear = top + headHeight * 0.58;
  const cup = propPaints.colours[0] ?? propPaints.dark;
  const band = `M${num(cx - half)} ${num(ear)}C${num(cx - half * 1.08)} ${num(top - headHeight * 0.16)} ${num(cx + half * 1.08)} ${num(top - headHeight * 0.16)} ${num(cx + half)} ${num(ear)}`;
  const cups = [-1, 1].map((side) =>
    rect(
      cx + side * half - headHeight * 0.085,
      ear - headHeight * 0.16,
      headHeight * 0.17,
      headHeight * 0.34,
      { fill: cup, stroke: paints.light, strokeWidth: headHeight * 0.022 },
      headHeight * 0.08,
    ),
  );
  return (
    path(band, { stroke: paints.light, strokeWidth: headHeight * 0.125 }) +
    path(band, { stroke: mixHex(cup, '#000000', 0.25), strokeWidth: headHeight * 0.08 }) +
    cups.join('')
  );
}
