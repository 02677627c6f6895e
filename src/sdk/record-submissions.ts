import { mapBounded } from '../core/concurrently.ts';
import type { Task } from '../core/task.ts';
import type { SubmitOutcome } from '../ports/task-store.ts';
import type { ChunkLimits } from './chunks.ts';
import type { ClientDependencies } from './client-dependencies.ts';
import type { PreparedSubmission } from './prepare-submission.ts';

/** Rows per transaction of a bulk call: memory stays flat, other writers get their turn. */
export const BULK_CHUNK = 500;
/** Pictures wait in memory until their chunk is recorded. */
const MOST_UPLOAD_BYTES = 32_000_000;

export const SUBMIT_CHUNK: ChunkLimits<PreparedSubmission> = {
  items: BULK_CHUNK,
  weight: { of: ({ upload }) => upload?.bytes.byteLength ?? 0, most: MOST_UPLOAD_BYTES },
};

const READS_AT_ONCE = 16;

/** Loaded by the first submission: reading commands never need hashing and schemas. */
export function loadPreparation() {
  return import('./prepare-submission.ts');
}

/** Stores the uploads, records the tasks in one transaction and tells the workers of those that are new. */
export async function recordSubmissions(
  prepared: readonly PreparedSubmission[],
  dependencies: ClientDependencies,
  signal: AbortSignal | undefined,
): Promise<readonly SubmitOutcome[]> {
  await storeUploads(prepared, dependencies, signal);
  const outcomes = await dependencies.store.tasks.submitMany(
    prepared.map(({ task }) => task),
    { signal },
  );
  const created = outcomes.filter((outcome) => outcome.created).map(({ task }) => task);
  const publishedAt = await announce(created, dependencies);
  if (publishedAt === null) return outcomes;
  return outcomes.map(({ task, created: isNew }) => ({
    task: isNew ? ({ ...task, publishedAt } as Task) : task,
    created: isNew,
  }));
}

/**
 * A task that cannot be announced is not lost: its row is the outbox and workers relay unpublished rows.
 * @returns when they were published, ISO 8601; null when they are left to the relay, or need no publishing.
 */
export async function announce(
  tasks: readonly Task[],
  { queue, store, clock }: Pick<ClientDependencies, 'queue' | 'store' | 'clock'>,
): Promise<string | null> {
  try {
    await queue.publish(tasks.map(({ id, userId, type, input }) => ({ taskId: id, userId, type, input })));
    if (!queue.flags.relayed || tasks.length === 0) return null;
  } catch {
    return null;
  }
  // Where this fails they are published twice, which does no harm.
  await store.outbox.published(tasks.map(({ id }) => id)).catch(() => undefined);
  return new Date(clock.now()).toISOString();
}

/** Tells the workers of tasks that are in line again. */
export async function announceAgain(taskIds: readonly string[], dependencies: ClientDependencies): Promise<void> {
  const { signal } = new AbortController();
  const read = (id: string): Promise<Task | undefined> => dependencies.store.tasks.get(id).catch(() => undefined);
  const tasks = await mapBounded(taskIds, READS_AT_ONCE, signal, read);
  const waiting = tasks.filter((task): task is Task => task?.status === 'pending');
  await announce(waiting, dependencies);
}

/**
 * Uploads go first: a recorded task must never name a missing blob. They are addressed by content and may be shared, so they are
 * left in place when the records fail.
 */
async function storeUploads(
  prepared: readonly PreparedSubmission[],
  { blobs }: ClientDependencies,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const { upload } of prepared) {
    if (upload) await blobs.put(upload.path, upload.bytes, { signal });
  }
}
