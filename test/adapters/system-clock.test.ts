import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/adapters/system-clock.ts';

test('its monotonic reading goes forward in milliseconds, in step with other processes', () => {
  const before = systemClock.monotonic();
  const elsewhere = execFileSync(process.execPath, ['-p', 'Number(process.hrtime.bigint()) / 1e6'], {
    encoding: 'utf8',
  });
  const after = systemClock.monotonic();
  expect(Number(elsewhere)).toBeGreaterThanOrEqual(before);
  expect(Number(elsewhere)).toBeLessThanOrEqual(after);
});
