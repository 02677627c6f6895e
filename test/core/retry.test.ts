import { expect, test } from 'vitest';
import { backoffMs } from '../../src/core/retry.ts';

const ALMOST_ONE = 1 - Number.EPSILON;

test.each([
  [1, 1_000],
  [2, 2_000],
  [3, 4_000],
  [6, 32_000],
  [7, 60_000],
  [5_000, 60_000],
])('attempt %i waits from 0 to %i ms', (attempt, ceilingMs) => {
  expect(backoffMs(attempt, 0)).toBe(0);
  expect(backoffMs(attempt, 0.5)).toBe(ceilingMs / 2);
  expect(backoffMs(attempt, ALMOST_ONE)).toBe(ceilingMs);
});

test('takes its own base and cap', () => {
  expect(backoffMs(1, ALMOST_ONE, { baseMs: 10, capMs: 25 })).toBe(10);
  expect(backoffMs(9, ALMOST_ONE, { baseMs: 10, capMs: 25 })).toBe(25);
});

test('is never shorter than Retry-After, even past the cap', () => {
  expect(backoffMs(1, 0, { retryAfterMs: 90_000 })).toBe(90_000);
  expect(backoffMs(7, ALMOST_ONE, { retryAfterMs: 5 })).toBe(60_000);
});
