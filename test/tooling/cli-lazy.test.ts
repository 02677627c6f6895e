import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, it } from 'vitest';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const BUNDLE = join(REPOSITORY, 'dist/cli');
const CONCEPT = join(REPOSITORY, 'bin/concept');
const RECORD_LOADS = join(import.meta.dirname, 'record-loads.cjs');

const home = mkdtempSync(join(tmpdir(), 'concept-lazy-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** The files that a run of `concept` loaded, without Node's own modules. */
function filesLoadedBy(...args: string[]): string[] {
  const loadsFile = join(home, 'loads.json');
  const env = { ...process.env, CONCEPT_HOME: home, RECORD_LOADS_FILE: loadsFile };
  const { status, stderr } = spawnSync(process.execPath, ['--require', RECORD_LOADS, CONCEPT, ...args], {
    env,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(readFileSync(loadsFile, 'utf8')) as string[];
}

/** Words that survive minification and only these bundled packages have. */
const TRACES = { zod: 'ZodError', ora: 'dots12' };

function bundled(files: readonly string[]): string[] {
  return files.filter((file) => file.startsWith(BUNDLE));
}

function filesWith(text: string, files: readonly string[]): string[] {
  return files.filter((file) => readFileSync(file, 'utf8').includes(text));
}

it.each([[['--help']], [['--version']], [['status', '--json']]])(
  'concept %j loads no image or schema library',
  (args) => {
    const files = filesLoadedBy(...args);
    expect(files).toContain(join(BUNDLE, 'main.cjs'));
    expect(files.filter((file) => file.includes('/node_modules/sharp/'))).toEqual([]);
    for (const trace of Object.values(TRACES)) expect(filesWith(trace, bundled(files))).toEqual([]);
  },
);

it.each(Object.entries(TRACES))('%s is in the bundle, in a chunk of its own', (_name, trace) => {
  const chunks = readdirSync(BUNDLE).filter((file) => file.endsWith('.cjs'));
  const files = chunks.map((file) => join(BUNDLE, file));
  expect(filesWith(trace, files)).toHaveLength(1);
});

it('--help loads the start of the bundle and nothing from node_modules', () => {
  const files = filesLoadedBy('--help');
  expect(files.filter((file) => file.includes('/node_modules/'))).toEqual([]);
});
