import { expect, it } from 'vitest';
import { type Line, readLines } from '../../../src/cli/batch/read-lines.ts';

async function linesOf(...chunks: readonly (string | Uint8Array)[]): Promise<readonly Line[]> {
  async function* bytes() {
    for (const chunk of chunks) yield typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk;
  }
  const lines: Line[] = [];
  for await (const line of readLines(bytes())) lines.push(line);
  return lines;
}

it('numbers lines from 1 and leaves blank ones out', async () => {
  expect(await linesOf('a\n\n  \nb\r\nc')).toEqual([
    { number: 1, text: 'a' },
    { number: 4, text: 'b' },
    { number: 5, text: 'c' },
  ]);
});

it('puts together what chunks have cut, also within a character', async () => {
  const bytes = new TextEncoder().encode('grün\nblau\n');
  expect(await linesOf(bytes.subarray(0, 3), bytes.subarray(3, 7), bytes.subarray(7))).toEqual([
    { number: 1, text: 'grün' },
    { number: 2, text: 'blau' },
  ]);
});

it('passes over a byte order mark', async () => {
  expect(await linesOf('\uFEFF{}\n')).toEqual([{ number: 1, text: '{}' }]);
});

it('names what is no text, and goes on', async () => {
  expect(await linesOf(new Uint8Array([0xff, 0xfe, 0x0a]), 'b')).toEqual([
    { number: 1, problem: 'is not UTF-8 text' },
    { number: 2, text: 'b' },
  ]);
});

it('keeps no line that is too long in memory', async () => {
  const megabyte = 'x'.repeat(1_000_000);
  expect(await linesOf(...Array.from({ length: 20 }, () => megabyte), '\nb\n')).toEqual([
    { number: 1, problem: 'is longer than 256000 bytes' },
    { number: 2, text: 'b' },
  ]);
});

it('has no lines of nothing', async () => {
  expect(await linesOf('')).toEqual([]);
});
