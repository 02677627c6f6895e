import { compactHash } from '../core/compact-hash.ts';
import type { Batch } from '../ports/batch-store.ts';
import type { PreparedSubmission } from './prepare-submission.ts';

/** 64 bits: two different rows of one batch meet in them once in billions of batches. */
const HASH_PREFIX_LENGTH = 16;

/** A row of a batch under the key that it is stored by. */
export interface KeyedRow {
  readonly prepared: PreparedSubmission;
  readonly key: string;
  /** As the row itself says it, if it does. */
  readonly ownKey: string | undefined;
}

/**
 * Gives rows keys that hold within their batch: a row is known by its own, or else by its content and its number among equal ones.
 */
export function keyedRows({ id: batchId }: Batch): (row: PreparedSubmission) => KeyedRow {
  const seen = new Map<string, number>();
  const contentKey = (inputHash: string): string => {
    const known = compactHash(inputHash);
    const occurrence = (seen.get(known) ?? 0) + 1;
    seen.set(known, occurrence);
    return `${inputHash.slice(0, HASH_PREFIX_LENGTH)}:${occurrence}`;
  };
  return ({ task, upload }) => {
    const ownKey = task.idempotencyKey ?? undefined;
    const key = `${batchId}:${ownKey ?? contentKey(task.inputHash)}`;
    return { prepared: { task: { ...task, batchId, idempotencyKey: key }, upload }, key, ownKey };
  };
}
