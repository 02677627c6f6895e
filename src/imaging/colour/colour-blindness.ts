import { parseHex, type Rgb } from './hex.ts';
import { type Lab, labDistance, writeLabOfLinear } from './lab.ts';
import { LINEAR_OF_BYTE } from './srgb.ts';

type Matrix = readonly [Rgb, Rgb, Rgb];

// Machado, Oliveira and Fernandes 2009, "A Physiologically-based Model for Simulation of Color Vision Deficiency",
// severity 1.0; they act on linear-light RGB.
const PROTANOPIA: Matrix = [
  [0.152286, 1.052583, -0.204868],
  [0.114503, 0.786281, 0.099216],
  [-0.003882, -0.048116, 1.051998],
];
const DEUTERANOPIA: Matrix = [
  [0.367322, 0.860646, -0.227968],
  [0.280085, 0.672501, 0.047413],
  [-0.01182, 0.04294, 0.968881],
];

/** OKLab distance of two colours as a red- or green-blind eye sees them: the smaller of the two. */
export function cvdDistance(firstHex: string, secondHex: string): number {
  const distances = [PROTANOPIA, DEUTERANOPIA].map((matrix) =>
    labDistance(simulatedLab(firstHex, matrix), simulatedLab(secondHex, matrix)),
  );
  return Math.min(...distances);
}

function simulatedLab(hex: string, matrix: Matrix): Lab {
  const [red, green, blue] = parseHex(hex);
  const light = [LINEAR_OF_BYTE[red]!, LINEAR_OF_BYTE[green]!, LINEAR_OF_BYTE[blue]!] as const;
  const [seenRed, seenGreen, seenBlue] = matrix.map((row) => clampUnit(dot(row, light)));
  const out = new Float64Array(3);
  writeLabOfLinear(seenRed!, seenGreen!, seenBlue!, out);
  return [out[0]!, out[1]!, out[2]!];
}

function dot(row: Rgb, light: Rgb): number {
  return row[0] * light[0] + row[1] * light[1] + row[2] * light[2];
}

function clampUnit(value: number): number {
  return Math.min(1, Math.max(0, value));
}
