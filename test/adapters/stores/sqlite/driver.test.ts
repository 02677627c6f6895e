import { expect, test } from 'vitest';
import {
  chooseDriver,
  type DriverCandidate,
  isSafeVersion,
  type SqliteDriver,
} from '../../../../src/adapters/stores/sqlite/driver.ts';

test.each([
  ['3.54.1', true],
  ['3.51.3', true],
  ['4.0.0', true],
  ['3.51.2', false],
  ['3.50.7', true],
  ['3.50.6', false],
  ['3.44.6', true],
  ['3.44.5', false],
  ['3.45.1', false],
])('SQLite %s: safe for several processes is %s', (version, isSafe) => {
  expect(isSafeVersion(version)).toBe(isSafe);
});

test('uses the built-in driver where Node has a safe one, else the bundled one', async () => {
  const builtin = process.getBuiltinModule('node:sqlite') === undefined ? undefined : process.versions['sqlite'];
  const expected = builtin !== undefined && isSafeVersion(builtin) ? 'node:sqlite' : '@photostructure/sqlite';
  expect((await chooseDriver()).name).toBe(expected);
});

test('falls through a driver that is missing, broken or has an unsafe SQLite', async () => {
  const good = await chooseDriver();
  const candidates = [
    candidate('missing', () => undefined),
    candidate('broken', () => {
      throw new Error('no prebuilt binary');
    }),
    candidate('old', () => driverOf('3.45.1')),
    candidate('good', () => good),
  ];
  expect(await chooseDriver(candidates)).toBe(good);
  await expect(chooseDriver(candidates.slice(0, 3))).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: expect.stringMatching(
      /missing is not there; broken does not load: no prebuilt.*; old has SQLite 3\.45\.1/,
    ),
    retryable: false,
  });
});

function candidate(name: string, load: () => SqliteDriver | undefined): DriverCandidate {
  return { name, load: async () => load() };
}

function driverOf(version: string): SqliteDriver {
  const statement = {
    run: () => ({ changes: 0 }),
    get: () => ({ version }),
    all: () => [],
    setReturnArrays: () => undefined,
  };
  return { name: 'old', open: () => ({ exec: () => undefined, prepare: () => statement, close: () => undefined }) };
}
