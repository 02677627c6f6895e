import { invalidInput } from '../core/errors.ts';
import { MAX_ATTEMPTS, MAX_PRIORITY } from '../core/limits.ts';
import type { SubmitSettings } from './submission.ts';

const MAX_KEY_LENGTH = 200;

/** Settings in their checked form: `runAt` as a full ISO 8601 time. Callers without a type checker send anything. */
export function checkSettings(settings: Omit<SubmitSettings, 'userId'>): Omit<SubmitSettings, 'userId'> {
  const { idempotencyKey, priority, runAt, maxAttempts } = settings;
  if (idempotencyKey !== undefined && !isText(idempotencyKey, MAX_KEY_LENGTH)) {
    throw invalidInput('idempotencyKey', `must be a text of 1 to ${MAX_KEY_LENGTH} characters`);
  }
  assertWhole('priority', priority, -MAX_PRIORITY, MAX_PRIORITY);
  assertWhole('maxAttempts', maxAttempts, 1, MAX_ATTEMPTS);
  if (runAt === undefined) return settings;
  const time = typeof runAt === 'string' ? Date.parse(runAt) : Number.NaN;
  if (Number.isNaN(time)) throw invalidInput('runAt', 'must be an ISO 8601 time', 'for example 2030-01-31T09:00:00Z');
  return { ...settings, runAt: new Date(time).toISOString() };
}

function isText(value: unknown, maxLength: number): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= maxLength;
}

function assertWhole(field: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  throw invalidInput(field, `must be a whole number from ${least} to ${most}`);
}
