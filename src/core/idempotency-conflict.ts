import { ConceptError } from './errors.ts';

/** Enough of a hash to tell two inputs apart by eye. */
export const SHOWN_HASH_LENGTH = 8;

/** The error for a key that was used before with another input; names the task and both inputs by their hashes. */
export function idempotencyConflict(
  key: string,
  existing: { readonly id: string; readonly inputHash: string },
  inputHash: string,
): ConceptError {
  const [before, now] = [existing.inputHash, inputHash].map((hash) => hash.slice(0, SHOWN_HASH_LENGTH));
  return new ConceptError(
    'IDEMPOTENCY_CONFLICT',
    `idempotency key ${JSON.stringify(key)} belongs to task ${existing.id}, which has a different input (${before}, not ${now})`,
    { field: 'idempotencyKey', hint: 'use another key for another input, or repeat the first input unchanged' },
  );
}
