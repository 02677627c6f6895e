import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type InstalledPackage, installPackage, REPOSITORY, run } from './installed-package.ts';

const manifest = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as {
  readonly version: string;
  readonly exports: Readonly<Record<string, unknown>>;
};

/** The names that each entry is used for; an entry without a name here fails the test. */
const EXPORTED_NAMES: Readonly<Record<string, readonly string[]>> = {
  concept: ['createConcept', 'ConceptError'],
  'concept/worker': ['runWorker'],
  'concept/testing': ['memoryStore', 'memoryQueue', 'memoryBlobs', 'fakeClock'],
};
const ENTRIES = Object.keys(manifest.exports)
  .filter((path) => path !== './package.json')
  .map((path) => path.replace(/^\./, 'concept'));

let installed: InstalledPackage;
beforeAll(() => {
  installed = installPackage();
}, 180_000);
afterAll(() => installed?.remove());

function runNode(...args: string[]) {
  return run(process.execPath, args, installed.folder);
}

describe.each(ENTRIES)('%s', (entry) => {
  const names = EXPORTED_NAMES[entry] ?? [];
  const present = `if (missing.length) throw new Error('missing: ' + missing);`;

  it('is named in this test', () => expect(names).not.toEqual([]));

  it('can be imported', () => {
    const missing = `const missing = ${JSON.stringify(names)}.filter((name) => !(name in entry));`;
    const { stderr } = runNode('--input-type=module', '-e', `import * as entry from '${entry}'; ${missing} ${present}`);
    expect(stderr).toBe('');
  });

  it('can be required', () => {
    const missing = `const missing = ${JSON.stringify(names)}.filter((name) => !(name in require('${entry}')));`;
    expect(runNode('--input-type=commonjs', '-e', `${missing} ${present}`).stderr).toBe('');
  });
});

describe('the types', () => {
  const strict = { strict: true, exactOptionalPropertyTypes: true, noEmit: true, target: 'ES2022', types: ['node'] };

  it.each([
    { module: 'nodenext', moduleResolution: 'nodenext' },
    { module: 'esnext', moduleResolution: 'bundler' },
  ])('fit a consumer under moduleResolution $moduleResolution', (resolution) => {
    cpSync(join(import.meta.dirname, 'consumer'), join(installed.folder, 'src'), { recursive: true });
    const typeRoots = [join(REPOSITORY, 'node_modules/@types')];
    const compilerOptions = { ...strict, ...resolution, typeRoots };
    writeFileSync(join(installed.folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
    const compiler = join(REPOSITORY, 'node_modules/typescript/bin/tsc');
    expect(runNode(compiler, '-p', '.').stdout).toBe('');
  });
});

describe('the command', () => {
  const concept = (...args: string[]) =>
    run(join(installed.folder, 'node_modules/.bin/concept'), args, installed.folder);

  it('prints its version', () => expect(concept('--version').stdout).toBe(`${manifest.version}\n`));

  it('brings the migrations of the production store', () => {
    const { stdout, stderr } = concept('db', 'sql');
    expect({ stdout, stderr }).toEqual({ stdout: expect.stringContaining('concept_access\n'), stderr: '' });
  });

  it('prints its help', () => expect(concept('--help').stdout).toContain('Usage: concept'));
});

describe('the tarball', () => {
  it('has the programs, the types, the artwork and the licences', () => {
    const expected = [
      'bin/concept',
      'bin/package.json',
      'dist/index.d.ts',
      'dist/cli/main.cjs',
      'LICENSE',
      'README.md',
    ];
    const licences = ['NOTICE', 'dist/cli/THIRD-PARTY-LICENSES.txt'];
    expect(installed.packedFiles).toEqual(expect.arrayContaining([...expected, ...licences]));
    expect(installed.packedFiles.some((path) => path.startsWith('assets/'))).toBe(true);
  });

  it('has nothing that a user does not need', () => {
    const needed = /^(bin|dist|assets|supabase\/migrations)\/|^(package\.json|README\.md|LICENSE|NOTICE)$/;
    expect(installed.packedFiles.filter((path) => !needed.test(path))).toEqual([]);
  });

  it('brings the licence of every package in the bundle', () => {
    const bundle = join(installed.folder, 'node_modules/concept/dist/cli');
    const licences = readFileSync(join(bundle, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
    for (const name of ['commander', 'cli-table3', 'ora', 'zod', 'ipaddr.js']) {
      expect(licences).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(MIT\\)$`, 'm'));
    }
    expect(readdirSync(bundle).filter((file) => !/\.cjs$|^THIRD-PARTY/.test(file))).toEqual([]);
  });
});
