import type { Store } from '../ports/store.ts';
import type { CallOptions } from '../ports/task-store.ts';
import type { RedriveSelection } from './tasks.ts';

const PAGE = 1_000;

/** How many failed tasks a bulk retry of the selection leaves alone, as nobody knows whether their call was paid for. */
export async function countLeft(
  { tasks }: Pick<Store, 'tasks'>,
  { userId, batchId, type, errorCode }: RedriveSelection,
  options?: CallOptions,
): Promise<number> {
  if (errorCode !== undefined) return 0;
  const query = {
    userId,
    batchId,
    type,
    status: 'failed',
    errorCode: 'PROVIDER_OUTCOME_UNKNOWN',
    limit: PAGE,
  } as const;
  let count = 0;
  let cursor: string | undefined;
  do {
    const page = await tasks.list({ ...query, cursor }, options);
    count += page.tasks.length;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return count;
}
