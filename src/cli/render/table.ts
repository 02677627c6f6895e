import { printable } from './printable.ts';

/** A table without rules: the terminal's edge is frame enough, and lines can be copied. */
const BARE = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** Rows as aligned columns under headings, for a terminal; escapes of style in cells do not count as width. */
export async function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  head: (text: string) => string,
): Promise<string> {
  const { default: Table } = await import('cli-table3');
  const drawn = new Table({
    head: headings.map(head),
    chars: BARE,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  for (const row of rows) drawn.push([...row]);
  return drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** A text on one line of at most `width` characters, the rest an ellipsis. */
export function shorten(text: string, width: number): string {
  const characters = [...printable(text).replace(/\s+/g, ' ')];
  return characters.length <= width ? characters.join('') : `${characters.slice(0, Math.max(1, width - 1)).join('')}…`;
}
