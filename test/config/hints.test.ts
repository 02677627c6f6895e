import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'concept-config-'));
});
afterEach(() => rm(directory, { recursive: true }));

const load =
  (environment: Record<string, string> = {}) =>
  () =>
    loadConfig({ directory, environment: { XDG_CONFIG_HOME: directory, ...environment } });

it.each([
  ['CONCEPT_CONCURRENCY', 'many', 'set it to a whole number from 1 to 64, or leave it out for the default, 2'],
  ['CONCEPT_CREDITS', 'maybe', 'set it to on or off, or leave it out for the default, false'],
  ['CONCEPT_MAX_RUNNING', 'x', 'set it to a whole number from 1 to 100000, or leave it out for the default, no limit'],
  ['CONCEPT_LOG_LEVEL', 'x', 'set it to one of debug, info, warn, error, or leave it out for the default, warn'],
])('says what to set %s to', (name, value, hint) => {
  expect(load({ [name]: value })).toThrow(expect.objectContaining({ code: 'INVALID_CONFIG', hint }));
});

it.each(['{', '[]', 'null', '{"lease": 1}'])('says how to mend a file of %s', async (content) => {
  await writeFile(join(directory, 'concept.config.json'), content);
  const hint = expect.stringMatching(/write it like \{"concurrency": 4\}|known settings: /);
  expect(load()).toThrow(expect.objectContaining({ code: 'INVALID_CONFIG', hint }));
});
