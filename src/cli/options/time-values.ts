import { expected } from './option-values.ts';

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const DURATION = /^(\d{1,7}(?:\.\d+)?)([smhdw])$/;
const ISO_8601 = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:?\d{2})?)?$/;

/** "90s", "10m", "2h", "30d", "4w" in milliseconds. */
export function durationMs(value: string, flag: string): number {
  const ms = millisecondsOf(value);
  if (ms !== undefined) return ms;
  throw expected(flag, 'a time span such as 90s, 10m, 2h, 30d or 4w', value);
}

/** A time as ISO 8601 or as a span from now ("+10m"), as ISO 8601 in UTC. */
export function timeToCome(value: string, flag: string): string {
  const ms = value.startsWith('+') ? spanFromNow(value) : ISO_8601.test(value) ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(ms)) return new Date(ms).toISOString();
  throw expected(flag, 'a time such as 2030-01-31T09:00:00Z, +90s, +10m or +2h', value);
}

function spanFromNow(value: string): number {
  return Date.now() + (millisecondsOf(value.slice(1)) ?? Number.NaN);
}

function millisecondsOf(span: string): number | undefined {
  const [, amount, unit] = DURATION.exec(span) ?? [];
  return amount === undefined || unit === undefined ? undefined : Math.round(Number(amount) * UNITS_MS[unit]!);
}
