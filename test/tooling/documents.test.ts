import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const DECISIONS = readdirSync(join(REPOSITORY, 'docs/decisions')).map((name) => `docs/decisions/${name}`);
const PATH_IN_TEXT = /`((?:src|test|scripts|bin|docs|\.ci)\/[\w./-]+)`/g;

function read(path: string): string {
  return readFileSync(join(REPOSITORY, path), 'utf8');
}

it.each(['README.md', 'CONTRIBUTING.md', 'docs/promises.md', ...DECISIONS])('%s names paths that exist', (document) => {
  const paths = [...read(document).matchAll(PATH_IN_TEXT)].map(([, path]) => path ?? '');
  expect(paths.filter((path) => !existsSync(join(REPOSITORY, path)))).toEqual([]);
});

it('CONTRIBUTING has every command of package.json that checks something', () => {
  const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> };
  const missing = Object.keys(scripts).filter((name) => !read('CONTRIBUTING.md').includes(`npm run ${name}`));
  expect(missing.filter((name) => name !== 'test')).toEqual([]);
});

it('the CI runs the command that README and CONTRIBUTING give', () => {
  const command = 'npm ci && npm run check';
  for (const document of ['README.md', 'CONTRIBUTING.md', '.ci/run']) expect(read(document)).toContain(command);
});

it('decisions carry their date and say context, decision and consequences', () => {
  for (const decision of DECISIONS) {
    expect(decision).toMatch(/\/\d{4}-\d{2}-\d{2}-[a-z-]+\.md$/);
    for (const part of ['**Context.**', '**Decision.**', '**Consequences.**']) expect(read(decision)).toContain(part);
  }
});
