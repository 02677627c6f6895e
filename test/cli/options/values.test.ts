import { describe, expect, it } from 'vitest';
import { sizeBytes } from '../../../src/cli/options/size-values.ts';
import { durationMs, timeToCome } from '../../../src/cli/options/time-values.ts';

describe('time spans', () => {
  it.each([
    ['90s', 90_000],
    ['10m', 600_000],
    ['1.5h', 5_400_000],
    ['30d', 2_592_000_000],
    ['4w', 2_419_200_000],
    ['0s', 0],
  ])('%s', (text, ms) => {
    expect(durationMs(text, '--older-than')).toBe(ms);
  });

  it.each(['', '30', 'd', '-1d', '1y', '1 d', '1e3s', '12345678s'])('refuses "%s"', (text) => {
    expect(() => durationMs(text, '--older-than')).toThrow('--older-than: expected a time span');
  });
});

describe('times to come', () => {
  it.each([
    ['2030-01-31', '2030-01-31T00:00:00.000Z'],
    ['2030-01-31T09:00:00Z', '2030-01-31T09:00:00.000Z'],
    ['2030-01-31T09:00:00.5+0100', '2030-01-31T08:00:00.500Z'],
  ])('%s', (text, iso) => {
    expect(timeToCome(text, '--run-at')).toBe(iso);
  });

  it('+10m is ten minutes from now', () => {
    const before = Date.now();
    const at = Date.parse(timeToCome('+10m', '--run-at'));
    expect(at).toBeGreaterThanOrEqual(before + 600_000);
    expect(at).toBeLessThanOrEqual(Date.now() + 600_000);
  });

  it.each(['', 'now', '10m', '+', '+10', '2030', '31.01.2030', '2030-02-31T25:00:00Z'])('refuses "%s"', (text) => {
    expect(() => timeToCome(text, '--run-at')).toThrow('--run-at: expected a time such as');
  });
});

describe('sizes', () => {
  it.each([
    ['1000', 1_000],
    ['0', 0],
    ['500MB', 500_000_000],
    ['2gb', 2_000_000_000],
    ['1.5 GiB', 1_610_612_736],
  ])('%s', (text, bytes) => {
    expect(sizeBytes(text, '--max-bytes')).toBe(bytes);
  });

  it.each(['', 'GB', '-1', '1 XB', '1.5.5MB', '1e3'])('refuses "%s"', (text) => {
    expect(() => sizeBytes(text, '--max-bytes')).toThrow('--max-bytes: expected a size');
  });
});
