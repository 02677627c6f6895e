import { ConceptError } from '../core/errors.ts';
import { SHOWN_HASH_LENGTH } from '../core/idempotency-conflict.ts';
import type { KeyedRow } from './key-rows.ts';

/**
 * A conflict of keys among rows that were recorded together, told by the number of its row and by the key as the row has it.
 * `before` is how many rows came before these. Anything else passes through.
 */
export function inConflictingRow(rows: readonly KeyedRow[], before: number, thrown: unknown): unknown {
  if (!ConceptError.isInstance(thrown) || thrown.code !== 'IDEMPOTENCY_CONFLICT') return thrown;
  const { code, message, field, hint } = thrown;
  // The message quotes the key, then the hash that the key belongs to, then that of the row at fault.
  const places = rows.map(({ key, prepared: { task } }) =>
    message.includes(JSON.stringify(key)) ? message.lastIndexOf(task.inputHash.slice(0, SHOWN_HASH_LENGTH)) : -1,
  );
  const last = places.reduce((most, place) => Math.max(most, place), -1);
  const index = places.indexOf(last);
  const row = rows[index];
  if (last === -1 || !row) return thrown;
  const { key, ownKey = key } = row;
  const text = message.replace(JSON.stringify(key), () => JSON.stringify(ownKey));
  return new ConceptError(code, `row ${before + index + 1}: ${text}`, { cause: thrown, field, hint });
}
