import { describe, expect, it } from 'vitest';
import { inRowSpelling, submissionOfRow } from '../../../src/cli/batch/row.ts';
import { invalidInput } from '../../../src/core/errors.ts';

const ID = '0198c9f2-8a51-7cc3-b1de-0c4a5ff0a111';
const read = (row: unknown, defaults = {}) =>
  submissionOfRow(typeof row === 'string' ? row : JSON.stringify(row), {
    folder: '/nonexistent',
    maxImageBytes: 1_000,
    defaults,
  });

describe('a row', () => {
  it('of a generation has its fields under the names of the command line', async () => {
    const row = { type: 'generation', logo: 'a fox', theme: 'night', palettes: 3, seed: 5, idempotencyKey: 'k' };
    const more = { priority: 2, runAt: '2030-01-31T09:00:00Z', maxAttempts: 4, minVariations: 1 };
    expect(await read({ ...row, ...more })).toEqual({
      type: 'generation',
      logoDescription: 'a fox',
      themeDescription: 'night',
      numPalettes: 3,
      seed: 5,
      idempotencyKey: 'k',
      ...more,
    });
  });

  it('is a generation unless it says otherwise, and null counts as left out', async () => {
    expect(await read({ logo: 'a fox', theme: 'night', seed: null })).toEqual({
      type: 'generation',
      logoDescription: 'a fox',
      themeDescription: 'night',
    });
  });

  it('of a refinement names a concept, a URL or a file', async () => {
    const row = { type: 'refinement', prompt: 'warmer' };
    expect(await read({ ...row, original: ID })).toMatchObject({
      original: { conceptId: ID },
      refinementPrompt: 'warmer',
    });
    const url = 'https://example.com/logo.png';
    expect(await read({ ...row, original: url })).toMatchObject({ original: { url } });
    await expect(read({ ...row, original: 'logo.png' })).rejects.toThrow(
      'original: there is no file /nonexistent/logo.png',
    );
  });

  it('wins over what holds for all rows', async () => {
    const row = { logo: 'a fox', theme: 'night' };
    expect(await read(row, { priority: 5 })).toMatchObject({ priority: 5 });
    expect(await read({ ...row, priority: 1 }, { priority: 5 })).toMatchObject({ priority: 1 });
  });

  it.each<[unknown, string]>([
    ['{', 'is not valid JSON'],
    ['[]', 'begins an array; rows are objects, one a line'],
    ['[', 'begins an array'],
    ['"x"', 'is not a JSON object'],
    ['null', 'is not a JSON object'],
    [{ type: 'painting', theme: 'x' }, 'type: expected one of generation, refinement, received "painting"'],
    [{ type: 7, theme: 'x' }, 'type: expected one of generation, refinement, received 7'],
    [{ theme: 'x', colour: 'red' }, 'colour: unknown field; known are type, logo, theme'],
    [{ theme: 'x', prompt: 'warmer' }, 'prompt: unknown field'],
    ['{"theme":"x","__proto__":{"logo":"y"}}', '__proto__: unknown field'],
    [{ logo: 'a fox' }, 'theme: is missing'],
    [{ type: 'refinement', prompt: 'x' }, 'original: is missing'],
    [{ type: 'refinement', original: ID }, 'prompt: is missing'],
    [{ theme: 'x', image: 7 }, 'image: expected a concept id, a URL or the path of a file'],
  ])('%j is refused', async (row, message) => {
    await expect(read(row)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining(message),
    });
  });

  it('has the errors of the SDK in its own spelling', () => {
    expect(inRowSpelling(invalidInput('themeDescription', 'must not be empty'))).toBe('theme: must not be empty');
    expect(inRowSpelling(invalidInput('refinementPrompt', 'must not be empty'))).toBe('prompt: must not be empty');
    expect(inRowSpelling(invalidInput('runAt', 'is odd'))).toBe('runAt: is odd');
  });
});
