import { invalidInput } from './errors.ts';

/** User ids enter blob paths, so their alphabet is closed. 128 characters hold any auth provider's id. */
const USER_ID = /^[A-Za-z0-9_-]{1,128}$/;

/** @throws ConceptError INVALID_INPUT when the id has characters that may not enter a blob path. */
export function assertUserId(userId: string, field = 'userId'): void {
  if (typeof userId === 'string' && USER_ID.test(userId)) return;
  throw invalidInput(field, 'expected 1 to 128 letters, digits, "_" or "-"', 'use an id such as "u1" or a UUID');
}
