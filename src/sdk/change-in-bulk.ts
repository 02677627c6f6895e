import { throwIfAborted } from '../core/abort.ts';
import type { TaskSelection } from '../ports/bulk-changes.ts';
import { BULK_CHUNK } from './record-submissions.ts';

/** One call of `store.bulk`: changes at most `limit` tasks and tells which. */
type ChangeChunk = (limit: number) => Promise<readonly string[]>;

/** Which tasks of many, without the size of a chunk. */
export type SelectionOf = Omit<TaskSelection, 'limit'>;

/**
 * Changes chunk after chunk until nothing is left to change, or `most` tasks are changed. A task that fails again at once and
 * so comes up a second time ends the loop: it would never run out.
 */
export async function changeInBulk(
  change: ChangeChunk,
  { most = Number.POSITIVE_INFINITY, signal }: { readonly most?: number; readonly signal?: AbortSignal | undefined },
): Promise<number> {
  const seen = new Set<string>();
  while (seen.size < most) {
    throwIfAborted(signal);
    const limit = Math.min(BULK_CHUNK, most - seen.size);
    const changed = await change(limit);
    const before = seen.size;
    for (const id of changed) seen.add(id);
    if (changed.length < limit || seen.size === before) break;
  }
  return seen.size;
}
