import { hexOfOklab } from '../colour/oklab.ts';
import { parseHex } from '../colour/hex.ts';
import { labOfRgb } from '../colour/lab.ts';
import type { Centre, Colour } from './centre.ts';

const MAX_STRETCH = 2.5;
// Neighbours may always move this far apart, or near-equal colours could never become two.
const FREE_STEP = 0.06;

/**
 * For images of soft transitions: five nearly equal lights spread over a palette from black to white turn every ripple of the
 * image into a hard step. Walking from the largest centre up and down in lightness, neighbours may move apart at most 2.5 times
 * as far as they were; the largest keeps its exact colour, the others their hue and chroma.
 */
export function capLightnessStretch(centres: readonly Centre[], targets: readonly Colour[]): Colour[] {
  const order = centres.map((_, index) => index).toSorted((a, b) => centres[a]!.lab[0] - centres[b]!.lab[0]);
  const anchor = order.indexOf(0);
  const capped = [...targets];
  const walk = (path: readonly number[]): void => {
    for (let step = 1; step < path.length; step++) {
      const [from, to] = [path[step - 1]!, path[step]!];
      const reach = Math.max(FREE_STEP, MAX_STRETCH * Math.abs(centres[to]!.lab[0] - centres[from]!.lab[0]));
      capped[to] = withLightnessNear(targets[to]!, capped[from]!.lab[0], reach);
    }
  };
  walk(order.slice(anchor));
  walk(order.slice(0, anchor + 1).toReversed());
  return capped;
}

function withLightnessNear(colour: Colour, lightness: number, reach: number): Colour {
  const [own, a, b] = colour.lab;
  const allowed = Math.min(lightness + reach, Math.max(lightness - reach, own));
  if (allowed === own) return colour;
  const rgb = parseHex(hexOfOklab([allowed, a, b]));
  return { rgb, lab: labOfRgb(rgb) };
}
