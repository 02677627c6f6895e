const LEAST_LIKENESS = 0.75;

/** The name that somebody may have meant, when one is near enough. */
export function closest(name: string, candidates: readonly string[]): string | undefined {
  const [best] = candidates
    .map((candidate) => ({ candidate, likeness: likeness(name, candidate) }))
    .toSorted((one, other) => other.likeness - one.likeness);
  return best && best.likeness >= LEAST_LIKENESS ? best.candidate : undefined;
}

/** 1 for the same, 0 for nothing in common: by the letters that would have to change. */
function likeness(one: string, other: string): number {
  const longest = Math.max(one.length, other.length);
  return longest === 0 ? 1 : 1 - distance(one, other) / longest;
}

function distance(one: string, other: string): number {
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...one].entries()) {
    const current = [row + 1];
    for (const [column, otherLetter] of [...other].entries()) {
      const swapped = previous[column]! + (letter === otherLetter ? 0 : 1);
      current.push(Math.min(swapped, previous[column + 1]! + 1, current[column]! + 1));
    }
    previous = current;
  }
  return previous.at(-1)!;
}
