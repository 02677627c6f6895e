import { expect, it } from 'vitest';
import { inFlagSpelling } from '../../../src/cli/options/flag-names.ts';
import { ConceptError, invalidInput } from '../../../src/core/errors.ts';

it.each([
  [
    invalidInput('minVariations', 'must not be greater than numPalettes'),
    '--min-variations: must not be greater than --palettes',
  ],
  [invalidInput('type', 'unknown type "numPalettes"'), '--type: unknown type "numPalettes"'],
  [new ConceptError('PROVIDER_FAILED', 'numPalettes: it said'), 'numPalettes: it said'],
])('%s', (error, text) => {
  expect(inFlagSpelling(error)).toBe(text);
});
