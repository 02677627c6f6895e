/** A line by its number from 1; one that cannot be read comes with the reason instead of its text. */
export type Line =
  | { readonly number: number; readonly text: string }
  | { readonly number: number; readonly problem: string };

/** A row has a few texts of at most 2,000 characters: what is longer than this is no file of rows. */
const MAX_LINE_BYTES = 256_000;
const NEWLINE = 0x0a;

/** The lines of a text in UTF-8, one at a time; blank ones are left out. Memory stays flat, also without a line break. */
export async function* readLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let number = 0;
  let parts: Uint8Array[] = [];
  let length = 0;

  const add = (part: Uint8Array): void => {
    // Of a line that is too long only the length matters.
    if (length <= MAX_LINE_BYTES) parts.push(part);
    length += part.byteLength;
  };
  const end = (): Line | undefined => {
    number += 1;
    const line = lineOf(number, parts, length);
    parts = [];
    length = 0;
    return line;
  };

  for await (const chunk of bytes) {
    let start = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, start)) {
      add(chunk.subarray(start, at));
      start = at + 1;
      const line = end();
      if (line) yield line;
    }
    if (start < chunk.byteLength) add(chunk.subarray(start));
  }
  const last = length > 0 ? end() : undefined;
  if (last) yield last;
}

function lineOf(number: number, parts: readonly Uint8Array[], length: number): Line | undefined {
  if (length > MAX_LINE_BYTES) return { number, problem: `is longer than ${MAX_LINE_BYTES} bytes` };
  const text = decode(Buffer.concat(parts));
  if (text === undefined) return { number, problem: 'is not UTF-8 text' };
  const trimmed = text.trim();
  return trimmed === '' ? undefined : { number, text: trimmed };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decode(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
