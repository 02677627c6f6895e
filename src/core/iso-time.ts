import { invalidInput } from './errors.ts';

/** Unix milliseconds of an ISO 8601 time. @throws INVALID_INPUT naming `field` for anything else. */
export function isoTimeMs(time: string, field: string): number {
  const timeMs = /^\d{4}-\d\d-\d\d(T|$)/.test(time) ? Date.parse(time) : Number.NaN;
  if (Number.isFinite(timeMs)) return timeMs;
  throw invalidInput(
    field,
    `not an ISO 8601 time: ${JSON.stringify(time.slice(0, 100))}`,
    'write it as 2026-01-31T12:00:00Z',
  );
}
