import type { BatchSummary } from '../runtime-types.ts';

/** A batch as `--json` shows it. */
export function batchJson({ id, name, userId, createdAt, total, counts }: BatchSummary) {
  return { id, name, userId, createdAt, total, counts };
}
