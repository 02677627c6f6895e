import { describe, expect, it } from 'vitest';
import type { Concept } from '../../../src/core/concept.ts';
import type { OutputStream } from '../../../src/cli/io.ts';
import { conceptLines } from '../../../src/cli/render/concept-lines.ts';
import { eventLine } from '../../../src/cli/render/event-line.ts';
import { fieldLines } from '../../../src/cli/render/fields.ts';
import { printable } from '../../../src/cli/render/printable.ts';
import { shorten } from '../../../src/cli/render/table.ts';
import { testCli } from '../support.ts';

const EVIL = 'fox\nfile: /etc/x\u001b]0;hi\u0007\u009b\u202e\ttail';
const PIPE: OutputStream = { isTTY: false, colourLevel: 0, columns: 80, write: () => undefined };
const TERMINAL: OutputStream = { ...PIPE, isTTY: true };
// oxlint-disable-next-line no-control-regex -- what must not be there
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/;

describe('printable', () => {
  it('makes one harmless line', () => {
    expect(printable(EVIL)).toBe('fox file: /etc/x ]0;hi tail');
    expect(printable('\u2066a\u2028b\u007fc\u061cd')).toBe(' a b c d');
  });

  it('leaves joined emoji and every script alone', () => {
    expect(printable('👩‍🎨 日本 ğüş')).toBe('👩‍🎨 日本 ğüş');
  });
});

describe.each([
  ['a pipe', PIPE],
  ['a terminal', TERMINAL],
])('on %s', (_name, stream) => {
  it('fields, events and palettes keep to their lines', async () => {
    const event = { taskId: 'x', seq: 1, type: 'stage.failed', at: '2026-01-01T00:00:00.000Z', attempt: 1 } as const;
    const data = { stage: EVIL, message: EVIL, error: { code: 'INTERNAL', message: EVIL } };
    const lines = [
      ...fieldLines([['logo', EVIL]], stream),
      ...eventLine({ ...event, data }, stream).split('\t'),
      ...(await conceptLines(conceptNamed(EVIL), [EVIL], stream)).flatMap((line) => line.split(/[\n\t]/)),
    ];
    expect(lines.filter((line) => UNSAFE.test(line) || line.startsWith('file: /etc'))).toEqual([]);
  });
});

it('a cell of a table is one harmless line', () => {
  expect(shorten(EVIL, 80)).not.toMatch(UNSAFE);
});

describe('the command line', () => {
  it('prints no forged line for a description', async () => {
    const { stdout } = await testCli().run('submit', '--logo', 'fox\nfile: /etc/x', '--theme', 'night', '--wait');
    expect(stdout).toContain('logo: fox file: /etc/x\n');
    expect(stdout).not.toContain('file: /etc/x\nfile');
    expect(stdout).not.toMatch(/^file: \/etc\/x$/m);
  });

  it('echoes no escape sequence in errors', async () => {
    const { stderr } = await testCli().run('show', '\u001b]0;hi\u0007');
    expect(stderr.replaceAll('\n', '')).not.toMatch(UNSAFE);
    expect(stderr.trimEnd().split('\n')).toHaveLength(2);
  });
});

function conceptNamed(text: string): Concept {
  const image = { path: 'p', width: 8, height: 8, bytes: 9, contentType: 'image/png', sha256: 'x' } as const;
  return {
    id: 'x',
    taskId: 'x',
    userId: 'local',
    logoDescription: text,
    themeDescription: text,
    image,
    variations: [{ palette: { name: text, colors: ['#102030'], description: text }, image }],
    scene: null,
    refinement: null,
    warnings: [text],
    createdAt: '2026-01-01T00:00:00.000Z',
  };
}
