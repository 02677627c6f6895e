import { writeSrgbOfLab } from '../colour/gamut.ts';
import { writeLabOfSrgb } from '../colour/lab.ts';
import type { Centre, Colour } from './centre.ts';
import type { NodeModel } from './node-model.ts';

/** Writes the new colour (sRGB 0..1) of the model's node at `index` to `out[0..2]`. */
export type Transfer = (index: number, out: Float64Array) => void;

// Chroma noise around a pale colour must not be blown up along with it.
const MAX_CHROMA_GAIN = 1.6;
// Colours below this chroma have no hue to rotate.
const NEUTRAL_CHROMA = 0.03;
const COLOURLESS = 0.01;

/**
 * The colour change of one palette: nodes are mixed from the targets as they were from the centres; what the mix left out
 * comes back on top: lightness as a ratio towards black or white, so both stay where they are, chroma turned and scaled
 * with the colour it belongs to.
 */
export function transferTo(targets: readonly Colour[], centres: readonly Centre[], model: NodeModel): Transfer {
  const size = centres.length;
  const turns = centres.map((centre, index) => chromaTurn(centre, targets[index]!));
  const mixed = new Float64Array(3);
  return (index, out) => {
    let red = 0;
    let green = 0;
    let blue = 0;
    let cosine = 0;
    let sine = 0;
    for (let corner = 0; corner < size; corner++) {
      const weight = model.weights[index * size + corner]!;
      if (weight === 0) continue;
      const { rgb } = targets[corner]!;
      red += weight * rgb[0];
      green += weight * rgb[1];
      blue += weight * rgb[2];
      cosine += weight * turns[corner]!.cosine;
      sine += weight * turns[corner]!.sine;
    }
    writeLabOfSrgb(red / 255, green / 255, blue / 255, mixed);
    const at = index * 3;
    const { lightness, scale } = shade(model.lab[at]!, model.mixedLab[at]!, mixed[0]!);
    const a = model.lab[at + 1]! - scale * model.mixedLab[at + 1]!;
    const b = model.lab[at + 2]! - scale * model.mixedLab[at + 2]!;
    const newA = scale * mixed[1]! + cosine * a - sine * b;
    const newB = scale * mixed[2]! + cosine * b + sine * a;
    writeSrgbOfLab(lightness, newA, newB, out);
  };
}

/** Lightness of the new mix under the shading that the old mix had, and the factor it puts on chroma. */
function shade(actual: number, oldMix: number, newMix: number): { lightness: number; scale: number } {
  if (actual <= oldMix) {
    const scale = oldMix > 1e-4 ? actual / oldMix : 1;
    return { lightness: newMix * scale, scale };
  }
  const scale = oldMix < 0.9999 ? Math.max(0, (1 - actual) / (1 - oldMix)) : 1;
  return { lightness: 1 - (1 - newMix) * scale, scale };
}

/** Rotation times scale from one colour's chroma to another's, fading to identity for a neutral one. */
function chromaTurn(from: Colour, to: Colour): { cosine: number; sine: number } {
  const fromChroma = Math.hypot(from.lab[1], from.lab[2]);
  const toChroma = Math.hypot(to.lab[1], to.lab[2]);
  const confidence = fromChroma ** 2 / (fromChroma ** 2 + NEUTRAL_CHROMA ** 2);
  const gain = Math.min(MAX_CHROMA_GAIN, toChroma / Math.max(fromChroma, 1e-4));
  const angle = toChroma < COLOURLESS ? 0 : Math.atan2(to.lab[2], to.lab[1]) - Math.atan2(from.lab[2], from.lab[1]);
  return {
    cosine: confidence * gain * Math.cos(angle) + 1 - confidence,
    sine: confidence * gain * Math.sin(angle),
  };
}
