import type { Task } from '../../core/task.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { BatchSummary, Runtime } from '../runtime-types.ts';

const PAGE = 1_000;

/** All tasks of a batch, newest first, a page at a time. */
export async function* tasksOf({ client }: Runtime, batchId: string): AsyncGenerator<Task> {
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof client.tasks.list>> = await client.tasks.list({
      batchId,
      limit: PAGE,
      ...(cursor !== null && { cursor }),
    });
    yield* page.tasks;
    cursor = page.nextCursor;
  } while (cursor !== null);
}

/** What a command that waited for a batch exits with. */
export async function batchExitCode(batch: BatchSummary, runtime: Runtime): Promise<ExitCode> {
  if (batch.counts.failed + batch.counts.cancelled > 0) return EXIT.taskFailed;
  for await (const { partial } of tasksOf(runtime, batch.id)) if (partial) return EXIT.partial;
  return EXIT.success;
}
