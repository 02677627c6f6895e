import { expect, test } from 'vitest';
import { isUuid, uuidV7 } from '../../src/core/id.ts';

const ZEROS = new Uint8Array(10);
const ONES = new Uint8Array(10).fill(0xff);

test('writes time, version and variant as RFC 9562 says', () => {
  // The example of RFC 9562, appendix A.6: 2022-02-22T19:22:22Z.
  const random = Uint8Array.from([0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f]);
  expect(uuidV7(0x017f22e279b0, random)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
});

test.each([ZEROS, ONES])('keeps version and variant bits whatever the random bytes', (random) => {
  expect(uuidV7(Date.UTC(2026, 0, 1), random)).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
});

test('sorts by time, even between the highest and the lowest random bytes', () => {
  const times = [0, 1, 255, 256, 1_700_000_000_000, 1_700_000_000_001, 2 ** 48 - 1];
  const ids = times.map((time, index) => uuidV7(time, index % 2 === 0 ? ONES : ZEROS));
  expect(ids.toSorted()).toEqual(ids);
});

test('stays as it is when others are made after it', () => {
  const first = uuidV7(0, ZEROS);
  uuidV7(2 ** 48 - 1, ONES);
  expect(first).toBe('00000000-0000-7000-8000-000000000000');
});

test('takes any UUID from outside, and nothing else', () => {
  for (const id of ['123e4567-e89b-12d3-a456-426614174000', '017F22E2-79B0-7CC3-98C4-DC0C0C07398F']) {
    expect(isUuid(id), id).toBe(true);
  }
  for (const id of [
    '',
    '123e4567e89b12d3a456426614174000',
    ' 123e4567-e89b-12d3-a456-426614174000',
    '../x',
    'latest',
  ]) {
    expect(isUuid(id), id).toBe(false);
  }
});
