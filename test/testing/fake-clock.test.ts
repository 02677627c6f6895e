import { expect, test } from 'vitest';
import { fakeClock } from '../../src/testing/index.ts';

test('stands still until it is told to move', () => {
  const clock = fakeClock({ nowMs: 1_000 });
  expect(clock.now()).toBe(1_000);
  clock.advance(250);
  expect(clock.now()).toBe(1_250);
});

test('steps its time of day without any time passing', () => {
  const clock = fakeClock({ nowMs: 10_000, monotonicMs: 500 });
  clock.step(-4_000);
  expect([clock.now(), clock.monotonic()]).toEqual([6_000, 500]);
  clock.advance(30);
  expect([clock.now(), clock.monotonic()]).toEqual([6_030, 530]);
});

test('gives the same random sequence for the same seed, and another for another', () => {
  const sequence = (seed: number): number[] => {
    const clock = fakeClock({ seed });
    return [clock.random(), clock.random(), ...clock.randomBytes(4)];
  };
  expect(sequence(5)).toEqual(sequence(5));
  expect(sequence(5)).not.toEqual(sequence(6));
});

test('stays within bounds and spreads out', () => {
  const clock = fakeClock();
  const values = Array.from({ length: 2_000 }, () => clock.random());
  expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(mean).toBeCloseTo(0.5, 1);
  expect(clock.randomBytes(16)).toHaveLength(16);
});
