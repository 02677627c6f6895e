import type { TaskStatus } from '../core/task.ts';
import type { BatchSummary } from '../ports/batch-store.ts';
import { type CallSettings, withCallSettings } from './call-options.ts';
import { changeInBulk } from './change-in-bulk.ts';
import { countLeft } from './count-left.ts';
import type { Rows } from './chunks.ts';
import type { ClientDependencies } from './client-dependencies.ts';
import { batchNotFound } from './not-found.ts';
import { announceAgain } from './record-submissions.ts';
import type { Submission } from './submission.ts';
import { batchProgress, type BatchWaitSettings, waitForBatch } from './watch-batch.ts';

export interface BatchSubmission {
  /** Unique among the user's batches; the same rows under the same name are submitted once. Default: a batch of its own. */
  readonly name?: string | undefined;
  /** Owner of the batch and all its tasks, default the client's user. */
  readonly userId?: string | undefined;
  /** An array is checked whole before anything is recorded; a stream is checked and recorded in chunks of 500. */
  readonly rows: Rows<Submission>;
}

/** Little per row, as there may be very many. */
export interface SubmittedRow {
  readonly id: string;
  readonly status: TaskStatus;
}

export interface SubmittedBatch {
  readonly batch: BatchSummary;
  /** How many tasks are new; the others were there from an earlier call. */
  readonly created: number;
  /** In order of the rows. */
  readonly tasks: readonly SubmittedRow[];
}

export interface BatchesResource {
  /**
   * Submits rows as one batch. A row's own `idempotencyKey` tells which task of the batch it is; without one its content does, so a
   * second call with the same name records only what is missing, also when rows have moved. Equal rows are separate tasks. Keys hold
   * within the batch: a task is stored under the batch's id, a colon and the row's key.
   * @throws ConceptError as `tasks.submit`, naming the row by its number from 1; rows of earlier chunks stay recorded.
   */
  submit(submission: BatchSubmission, settings?: CallSettings): Promise<SubmittedBatch>;

  /** @throws ConceptError BATCH_NOT_FOUND */
  get(idOrName: string, settings?: CallSettings): Promise<BatchSummary>;

  /**
   * Resolves as soon as no task of the batch is pending or processing, however they ended.
   * @throws ConceptError BATCH_NOT_FOUND; TIMEOUT when `timeoutMs` passed (the tasks go on).
   */
  wait(idOrName: string, settings?: BatchWaitSettings): Promise<BatchSummary>;

  /** The summary now and whenever it changes, a few times a second at most, until the batch is done. */
  watch(idOrName: string, settings?: CallSettings): AsyncIterable<BatchSummary>;

  /** Ends every pending and running task of the batch. @throws ConceptError BATCH_NOT_FOUND */
  cancel(idOrName: string, settings?: CallSettings): Promise<BulkReport>;

  /**
   * Starts the failed and cancelled tasks of the batch again, but for those that failed with PROVIDER_OUTCOME_UNKNOWN: they may be
   * paid for twice, so they take `tasks.redrive` with this `errorCode`. @throws ConceptError BATCH_NOT_FOUND, INSUFFICIENT_CREDITS
   */
  retry(idOrName: string, settings?: CallSettings): Promise<RetryReport>;
}

export interface BulkReport {
  /** How many tasks were changed. */
  readonly changed: number;
}

export interface RetryReport extends BulkReport {
  /** How many failed tasks were left alone, as whether their call was paid for is unknown (PROVIDER_OUTCOME_UNKNOWN). */
  readonly left: number;
}

export function batchesResource(dependencies: ClientDependencies): BatchesResource {
  const { store, clock, onlyUserId: userId } = dependencies;
  const reader = { store, clock, userId };

  const found = async (idOrName: string, signal: AbortSignal | undefined): Promise<BatchSummary> => {
    const batch = await store.batches.get(idOrName, { userId, signal });
    if (batch) return batch;
    throw batchNotFound(idOrName);
  };

  return {
    submit: (submission, settings) =>
      withCallSettings(settings, async (signal) => {
        const { submitBatch } = await import('./submit-batch.ts');
        return submitBatch(submission, dependencies, signal);
      }),
    get: (idOrName, settings) => withCallSettings(settings, (signal) => found(idOrName, signal)),
    wait: (idOrName, settings) => waitForBatch(idOrName, reader, settings),
    watch: (idOrName, settings) => batchProgress(idOrName, reader, settings),
    cancel: (idOrName, settings) =>
      withCallSettings(settings, async (signal) => {
        const { id: batchId } = await found(idOrName, signal);
        const cancel = (limit: number) => store.bulk.cancel({ userId, batchId, limit }, { signal });
        return { changed: await changeInBulk(cancel, { signal }) };
      }),
    retry: (idOrName, settings) =>
      withCallSettings(settings, async (signal) => {
        const { id: batchId, counts } = await found(idOrName, signal);
        const retry = async (limit: number): Promise<readonly string[]> => {
          const ids = await store.bulk.retry({ userId, batchId, limit }, { signal });
          await announceAgain(ids, dependencies);
          return ids;
        };
        const changed = await changeInBulk(retry, { most: counts.failed + counts.cancelled, signal });
        return { changed, left: await countLeft(store, { userId, batchId }, { signal }) };
      }),
  };
}
