import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { bootOffsetMs, systemClock } from '../../src/adapters/system-clock.ts';

test('its monotonic reading goes forward in milliseconds, in step with other processes', () => {
  const before = systemClock.monotonic();
  const elsewhere = execFileSync(process.execPath, ['-p', 'Number(process.hrtime.bigint()) / 1e6'], {
    encoding: 'utf8',
  });
  const after = systemClock.monotonic();
  expect(Number(elsewhere)).toBeGreaterThanOrEqual(before);
  expect(Number(elsewhere)).toBeLessThanOrEqual(after);
});

test.each([
  ['before the first reading of the machine', 0],
  ['after it', 1],
])('its monotonic reading is right in a process that was set aside %s', (_, asideAfter) => {
  const OFFSET_MS = 5_000;
  let nowMs = 0;
  let readings = 0;
  const read = (offsetMs: number) => (): number => {
    const reading = nowMs + offsetMs;
    nowMs += readings++ === asideAfter ? 100 : 0.01;
    return reading;
  };
  expect(Math.abs(bootOffsetMs(read(OFFSET_MS), read(0)) - OFFSET_MS)).toBeLessThan(0.05);
});

test('its random bytes are as many as asked for, and never given twice', () => {
  const lengths = [10, 16, 4_000, 100, 5_000, ...Array<number>(1_000).fill(10)];
  const given = lengths.map((length) => systemClock.randomBytes(length));
  expect(given.map(({ length }) => length)).toEqual(lengths);
  expect(new Set(given.map((bytes) => Buffer.from(bytes).toString('hex'))).size).toBe(lengths.length);
});
