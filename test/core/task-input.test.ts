import { describe, expect, test } from 'vitest';
import type { TaskType } from '../../src/core/task.ts';
import { parseTaskInput } from '../../src/core/task-input.ts';

const BLOB = { kind: 'blob', path: 'u1/t1/a.png' };
const GENERATION = { logoDescription: 'a panda', themeDescription: 'green' };
const REFINEMENT = { original: BLOB, refinementPrompt: 'warmer' };
const RENDITION = { source: BLOB, sizes: [{ name: 'phone', width: 1, height: 2 }], formats: ['png'] };
const LONG = 'x'.repeat(2_001);

describe('parseTaskInput fills in the defaults of', () => {
  test.each<[TaskType, object, object]>([
    ['generation', GENERATION, { ...GENERATION, numPalettes: 7, seed: 0 }],
    ['refinement', REFINEMENT, { ...REFINEMENT, logoDescription: '', themeDescription: '', numPalettes: 4, seed: 0 }],
    [
      'coloring',
      { prompt: 'a cat' },
      { prompt: 'a cat', complexity: 'standard', lineThickness: 'medium', paper: 'A4', seed: 0 },
    ],
    ['rendition', RENDITION, RENDITION],
  ])('%s', (type, draft, expected) => {
    expect(parseTaskInput(type, draft)).toEqual(expected);
  });
});

test('a least number of variations is taken as it is, and leaves no trace when it is left out', () => {
  expect(Object.keys(parseTaskInput('generation', GENERATION))).not.toContain('minVariations');
  expect(Object.keys(parseTaskInput('refinement', REFINEMENT))).not.toContain('minVariations');
  expect(parseTaskInput('generation', { ...GENERATION, minVariations: 0 })).toMatchObject({ minVariations: 0 });
  expect(parseTaskInput('refinement', { ...REFINEMENT, minVariations: 4 })).toMatchObject({ minVariations: 4 });
});

describe('parseTaskInput names the field at fault:', () => {
  test.each<[TaskType, string, object | string]>([
    ['generation', 'logoDescription', { ...GENERATION, logoDescription: '' }],
    ['generation', 'logoDescription', { ...GENERATION, logoDescription: ' \t\n ' }],
    ['generation', 'logoDescription', { ...GENERATION, logoDescription: LONG }],
    ['generation', 'logoDescription', { ...GENERATION, logoDescription: 7 }],
    ['generation', 'themeDescription', { logoDescription: 'a panda' }],
    ['generation', 'themeDescription', { ...GENERATION, themeDescription: '\u0000\u0007' }],
    ['generation', 'numPalettes', { ...GENERATION, numPalettes: 0 }],
    ['generation', 'numPalettes', { ...GENERATION, numPalettes: 21 }],
    ['generation', 'numPalettes', { ...GENERATION, numPalettes: 2.5 }],
    ['generation', 'numPalettes', { ...GENERATION, numPalettes: '3' }],
    ['generation', 'minVariations', { ...GENERATION, minVariations: -1 }],
    ['generation', 'minVariations', { ...GENERATION, minVariations: 21, numPalettes: 20 }],
    ['generation', 'minVariations', { ...GENERATION, minVariations: 1.5 }],
    ['generation', 'minVariations', { ...GENERATION, minVariations: 8 }],
    ['refinement', 'minVariations', { ...REFINEMENT, minVariations: 3, numPalettes: 2 }],
    ['generation', 'seed', { ...GENERATION, seed: -1 }],
    ['generation', 'seed', { ...GENERATION, seed: 2 ** 32 }],
    ['generation', 'palletes', { ...GENERATION, palletes: 3 }],
    ['generation', 'image.kind', { ...GENERATION, image: { kind: 'file', path: 'a' } }],
    ['generation', 'image.conceptId', { ...GENERATION, image: { kind: 'concept', conceptId: 'latest' } }],
    ['refinement', 'original', { refinementPrompt: 'warmer' }],
    ['refinement', 'original.url', { ...REFINEMENT, original: { kind: 'url', url: 'no url' } }],
    ['refinement', 'refinementPrompt', { original: BLOB, refinementPrompt: '' }],
    ['refinement', 'refinementPrompt', { original: BLOB, refinementPrompt: LONG }],
    ['coloring', 'prompt', {}],
    ['coloring', 'prompt', { prompt: 'a cat', source: BLOB }],
    ['coloring', 'complexity', { prompt: 'a cat', complexity: 'hard' }],
    ['coloring', 'title', { prompt: 'a cat', title: 'x'.repeat(301) }],
    ['rendition', 'sizes', { ...RENDITION, sizes: [] }],
    ['rendition', 'sizes.0.width', { ...RENDITION, sizes: [{ name: 'x', width: 0, height: 1 }] }],
    ['rendition', 'sizes.0.name', { ...RENDITION, sizes: [{ name: '../x', width: 1, height: 1 }] }],
    ['rendition', 'formats.0', { ...RENDITION, formats: ['bmp'] }],
  ])('%s: %s', (type, field, draft) => {
    const message = expect.stringMatching(new RegExp(`^${field.replaceAll('.', '\\.')}: [^\\n]+$`));
    const refusal = { code: 'INVALID_INPUT', field, message };
    expect(() => parseTaskInput(type, draft)).toThrow(expect.objectContaining(refusal));
  });

  test('or the whole input, when it is no object', () => {
    const refusal = { code: 'INVALID_INPUT', message: expect.stringMatching(/^input: /) };
    for (const draft of [undefined, null, 'text', []]) {
      expect(() => parseTaskInput('generation', draft)).toThrow(expect.objectContaining(refusal));
    }
  });
});

describe('parseTaskInput cleans texts:', () => {
  test('control characters and disguises go, line breaks and other scripts stay', () => {
    const logoDescription = '  ein\u0000 Pända\u202e\nmit\t竹 🐼\u001b[0m ';
    const { logoDescription: cleaned } = parseTaskInput('generation', { ...GENERATION, logoDescription });
    expect(cleaned).toBe('ein Pända\nmit\t竹 🐼[0m');
  });

  test('a text of exactly the longest length passes', () => {
    const themeDescription = 'x'.repeat(2_000);
    expect(parseTaskInput('generation', { ...GENERATION, themeDescription }).themeDescription).toHaveLength(2_000);
  });

  test('a logo description may be missing when an image is given', () => {
    const draft = { themeDescription: 'green', image: BLOB };
    expect(parseTaskInput('generation', draft)).toMatchObject({ logoDescription: '', image: BLOB });
  });
});
