import type { Centre, Colour } from './centre.ts';

// Lightness order matters most: it is what keeps text legible and light above dark.
const RANK_WEIGHT = 0.8;
const CHROMA_WEIGHT = 0.25;
// A small colour counts for something too.
const LEAST_IMPORTANCE = 0.15;
// What it costs, per importance, to leave a centre without a palette colour of its own.
const SKIP_COST = 0.15;
const COLOURLESS = 0.02;

/**
 * Gives each centre a palette colour: `result[centre]` is its index, or null where the palette has fewer colours than the
 * image. No palette colour is used twice. Exact: dynamic programming over the sets of colours used so far.
 */
export function assignPalette(centres: readonly Centre[], palette: readonly Colour[]): Array<number | null> {
  const costs = assignmentCosts(centres, palette);
  const mayskip = centres.length > palette.length;
  const sets = 2 ** palette.length;
  const choices: Int8Array[] = [];
  let least = new Float64Array(sets).fill(Infinity);
  least[0] = 0;
  centres.forEach((centre, index) => {
    const next = new Float64Array(sets).fill(Infinity);
    const choice = new Int8Array(sets).fill(-1);
    for (let used = 0; used < sets; used++) {
      const cost = least[used]!;
      if (cost === Infinity) continue;
      if (mayskip && cost + SKIP_COST * importanceOf(centre) < next[used]!) {
        next[used] = cost + SKIP_COST * importanceOf(centre);
        choice[used] = -1;
      }
      for (let colour = 0; colour < palette.length; colour++) {
        const bit = 1 << colour;
        if ((used & bit) !== 0) continue;
        const total = cost + costs[index]![colour]!;
        if (total < next[used | bit]!) {
          next[used | bit] = total;
          choice[used | bit] = colour;
        }
      }
    }
    choices.push(choice);
    least = next;
  });
  return traceBack(choices, bestSet(least, mayskip));
}

/** With colours to spare any set will do; with too few, all of them have to be used. */
function bestSet(costs: Float64Array, useAll: boolean): number {
  return useAll ? costs.length - 1 : costs.indexOf(Math.min(...costs));
}

function traceBack(choices: readonly Int8Array[], last: number): Array<number | null> {
  let used = last;
  const assigned = choices.toReversed().map((choice) => {
    const colour = choice[used]!;
    if (colour < 0) return null;
    used ^= 1 << colour;
    return colour;
  });
  return assigned.toReversed();
}

function assignmentCosts(centres: readonly Centre[], palette: readonly Colour[]): number[][] {
  const centreRanks = lightnessRanks(centres);
  const paletteRanks = lightnessRanks(palette);
  const centreChroma = relativeChroma(centres);
  const paletteChroma = relativeChroma(palette);
  return centres.map((centre, index) =>
    palette.map((colour, other) => {
      const lightness = centre.lab[0] - colour.lab[0];
      const rank = centreRanks[index]! - paletteRanks[other]!;
      const chroma = centreChroma[index]! - paletteChroma[other]!;
      const difference = lightness ** 2 + RANK_WEIGHT * rank ** 2 + CHROMA_WEIGHT * chroma ** 2;
      return importanceOf(centre) * difference;
    }),
  );
}

function importanceOf({ share }: Centre): number {
  return LEAST_IMPORTANCE + Math.sqrt(share);
}

/** Position in the order of lightness, 0 (darkest) .. 1. */
function lightnessRanks(colours: readonly Colour[]): number[] {
  if (colours.length < 2) return colours.map(() => 0.5);
  const order = colours.map((_, index) => index).toSorted((a, b) => colours[a]!.lab[0] - colours[b]!.lab[0]);
  const ranks = colours.map(() => 0);
  order.forEach((index, position) => {
    ranks[index] = position / (colours.length - 1);
  });
  return ranks;
}

/** Chroma as a share of the strongest. */
function relativeChroma(colours: readonly Colour[]): number[] {
  const chroma = colours.map(({ lab }) => Math.hypot(lab[1], lab[2]));
  const strongest = Math.max(COLOURLESS, ...chroma);
  return chroma.map((value) => value / strongest);
}
