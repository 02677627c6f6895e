import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';

interface Mutation {
  readonly promise: number;
  readonly file: string;
  readonly text: string;
  readonly replacement: string;
  readonly test: string;
}

const REPOSITORY = resolve(import.meta.dirname, '../..');
const PROMISES = 12;
/** At the heart of it all: one way to break them is not proof enough. */
const TWICE = [1, 2, 3];

async function mutations(): Promise<readonly Mutation[]> {
  const module: { readonly MUTATIONS: readonly Mutation[] } = await import(
    pathToFileURL(join(REPOSITORY, 'scripts/promise-mutations.mjs')).href
  );
  return module.MUTATIONS;
}

function read(path: string): string {
  return readFileSync(join(REPOSITORY, path), 'utf8');
}

it('every mutation fits the source as it is', async () => {
  for (const { file, text, replacement } of await mutations()) {
    expect(read(file).split(text), `${file}: ${text}`).toHaveLength(2);
    expect(replacement).not.toBe(text);
  }
});

it('every promise has a test, a mutation that it must catch, and its line in the documentation', async () => {
  const all = await mutations();
  const tests = readdirSync(join(REPOSITORY, 'test/promises')).filter((name) => name.endsWith('.test.ts'));
  const document = read('docs/promises.md');
  for (let promise = 1; promise <= PROMISES; promise++) {
    const own = all.filter((mutation) => mutation.promise === promise);
    expect(own.length).toBeGreaterThanOrEqual(TWICE.includes(promise) ? 2 : 1);
    const test = `test/promises/${tests.find((name) => name.startsWith(`${promise}`.padStart(2, '0')))}`;
    expect(existsSync(join(REPOSITORY, test))).toBe(true);
    expect(own.map((mutation) => mutation.test)).toEqual(own.map(() => test));
    expect(document).toContain(`\`${test}\``);
    expect(read(test)).toContain(`promise ${promise}: `);
  }
});
