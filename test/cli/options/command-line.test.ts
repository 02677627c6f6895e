import { expect, it } from 'vitest';
import { commandLine } from '../../../src/cli/options/command-line.ts';

it('names the flags that are given, with words that can be pasted', () => {
  const flags = { batch: 'my batch', user: undefined, limit: 5, maxBytes: 7 };
  expect(commandLine('concept list', flags)).toBe("concept list --batch 'my batch' --limit 5 --max-bytes 7");
  expect(commandLine('concept list', {})).toBe('concept list');
});
