import { type Lab, labDistance, labOfRgb } from '../../../../imaging/colour/lab.ts';
import type { Raster } from '../../../../imaging/raster.ts';
import type { Centre } from '../../../../imaging/recolour/centre.ts';

const NEAR = 0.1;
const VISIBLE = 128;
const LEAST_SHARE = 0.5;
const SAMPLES_PER_SIDE = 64;

/** The dominant colour that lines the border of an image, or undefined when none does (or the border is transparent). */
export function backgroundOf(raster: Raster, centres: readonly Centre[]): Centre | undefined {
  const border = borderColours(raster);
  const shares = centres.map(({ lab }) => border.filter((colour) => labDistance(colour, lab) < NEAR).length);
  const most = Math.max(0, ...shares);
  return most > LEAST_SHARE * 4 * SAMPLES_PER_SIDE ? centres[shares.indexOf(most)] : undefined;
}

function borderColours({ data, width, height, channels }: Raster): Lab[] {
  const colours: Lab[] = [];
  const take = (x: number, y: number): void => {
    const index = (y * width + x) * channels;
    if (channels === 4 && data[index + 3]! < VISIBLE) return;
    colours.push(labOfRgb([data[index]!, data[index + 1]!, data[index + 2]!]));
  };
  for (let sample = 0; sample < SAMPLES_PER_SIDE; sample++) {
    const x = Math.floor((sample * width) / SAMPLES_PER_SIDE);
    const y = Math.floor((sample * height) / SAMPLES_PER_SIDE);
    take(x, 0);
    take(x, height - 1);
    take(0, y);
    take(width - 1, y);
  }
  return colours;
}
