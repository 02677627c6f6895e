import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { defaultText, SETTINGS } from '../../src/config/settings.ts';

it('documents every setting in the README, with its default', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const table = readme.slice(readme.indexOf('<!-- settings -->'), readme.indexOf('<!-- /settings -->'));
  const documented = table.split('\n').filter((line) => line.startsWith('| `'));
  const expected = Object.entries(SETTINGS).map(([name, setting]) => {
    const value = name === 'home' ? '~/.local/share/concept' : setting.default({}, {});
    const text =
      typeof value === 'boolean' ? (value ? 'on' : 'off') : 'defaultText' in setting ? defaultText(setting, {}) : value;
    return `| \`${name}\` | \`${setting.env}\` | \`${text}\` | ${setting.summary} |`;
  });
  expect(documented).toEqual(expected);
});

it('says of every setting without a value what then holds', () => {
  const open = Object.entries(SETTINGS).filter(([, setting]) => setting.default({}, {}) === undefined);
  expect(open.length).toBeGreaterThan(0);
  for (const [name, setting] of open) expect([name, defaultText(setting, {})]).not.toEqual([name, 'undefined']);
});
