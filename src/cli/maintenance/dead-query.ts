import type { DeadFilters } from '../options/dead-filters.ts';
import type { Runtime } from '../runtime-types.ts';

/** The failed tasks that the filters mean, as the SDK takes them. @throws ConceptError BATCH_NOT_FOUND */
export async function deadQuery({ type, code, batch, user }: DeadFilters, { client }: Runtime) {
  const batchId = batch === undefined ? undefined : (await client.batches.get(batch)).id;
  return { type, errorCode: code, batchId, userId: user } as const;
}
