import { expect, test } from 'vitest';
import { isoTimeMs } from '../../src/core/iso-time.ts';

test.each([
  ['2026-01-31T12:00:00.123Z', 1_769_860_800_123],
  ['2026-01-31T13:00:00+01:00', 1_769_860_800_000],
])('reads %s', (time, timeMs) => {
  expect(isoTimeMs(time, 'olderThan')).toBe(timeMs);
});

test.each(['', 'yesterday', '1769860800', '2026-13-01T00:00:00Z'])('refuses %j, naming the field', (time) => {
  const refusal = expect.objectContaining({ code: 'INVALID_INPUT', field: 'olderThan', hint: expect.any(String) });
  expect(() => isoTimeMs(time, 'olderThan')).toThrow(refusal);
});
