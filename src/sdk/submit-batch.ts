import { throwIfAborted } from '../core/abort.ts';
import { ConceptError, invalidInput } from '../core/errors.ts';
import { uuidV7 } from '../core/id.ts';
import { assertUserId } from '../core/user-id.ts';
import type { Batch } from '../ports/batch-store.ts';
import type { SubmitOutcome } from '../ports/task-store.ts';
import type { BatchSubmission, SubmittedBatch, SubmittedRow } from './batches.ts';
import { chunksOf } from './chunks.ts';
import type { ClientDependencies } from './client-dependencies.ts';
import { type KeyedRow, keyedRows } from './key-rows.ts';
import { batchNotFound } from './not-found.ts';
import { preparedRows } from './prepare-rows.ts';
import { type PreparedSubmission, prepareSubmission } from './prepare-submission.ts';
import { recordSubmissions, SUBMIT_CHUNK } from './record-submissions.ts';
import { inConflictingRow } from './row-conflict.ts';
import { assertInScope } from './scope.ts';
import type { Submission } from './submission.ts';

const MAX_NAME_LENGTH = 200;

/** See `BatchesResource.submit`. */
export async function submitBatch(
  submission: BatchSubmission,
  dependencies: ClientDependencies,
  signal: AbortSignal | undefined,
): Promise<SubmittedBatch> {
  const { name, userId = dependencies.defaultUserId, rows } = submission;
  assertUserId(userId);
  assertInScope(userId, dependencies.onlyUserId);
  assertName(name);
  const prepared = preparedRows(rows, (row) => prepareRow(row, userId, dependencies));
  const open = () => openBatch({ name, userId }, dependencies, signal);
  // Opened with the first good chunk: bad rows leave no empty batch behind.
  let batch: Batch | undefined;
  const tasks: SubmittedRow[] = [];
  let created = 0;
  try {
    let keyed: ((row: PreparedSubmission) => KeyedRow) | undefined;
    for await (const chunk of chunksOf(prepared, SUBMIT_CHUNK)) {
      throwIfAborted(signal);
      batch ??= await open();
      keyed ??= keyedRows(batch);
      const outcomes = await recordRows(chunk.map(keyed), tasks.length, dependencies, signal);
      for (const { task, created: isNew } of outcomes) {
        if (isNew) created += 1;
        tasks.push({ id: task.id, status: task.status });
      }
    }
  } catch (thrown) {
    throw batch ? afterRows(tasks.length, batch, thrown) : thrown;
  }
  const { id } = batch ?? (await open());
  const summary = await dependencies.store.batches.get(id, { userId, signal });
  if (!summary) throw batchNotFound(id);
  return { batch: summary, created, tasks };
}

async function recordRows(
  rows: readonly KeyedRow[],
  before: number,
  dependencies: ClientDependencies,
  signal: AbortSignal | undefined,
): Promise<readonly SubmitOutcome[]> {
  const prepared = rows.map((row) => row.prepared);
  return recordSubmissions(prepared, dependencies, signal).catch((thrown: unknown) => {
    throw inConflictingRow(rows, before, thrown);
  });
}

async function prepareRow(
  row: Submission,
  userId: string,
  dependencies: ClientDependencies,
): Promise<PreparedSubmission> {
  if (typeof row !== 'object' || row === null) throw invalidInput('submission', 'expected an object');
  if (row.userId !== undefined && row.userId !== userId) {
    throw invalidInput('userId', `all rows of a batch belong to its user, ${userId}`);
  }
  return prepareSubmission({ ...row, userId }, dependencies);
}

function openBatch(
  { name, userId }: { readonly name: string | undefined; readonly userId: string },
  { store, clock }: ClientDependencies,
  signal: AbortSignal | undefined,
): Promise<Batch> {
  const id = uuidV7(clock.now(), clock.randomBytes(10));
  return store.batches.open({ id, userId, name: name ?? id }, { signal });
}

function assertName(name: unknown): void {
  if (name === undefined) return;
  if (typeof name === 'string' && name.trim() !== '' && name.length <= MAX_NAME_LENGTH) return;
  throw invalidInput('name', `expected 1 to ${MAX_NAME_LENGTH} characters`);
}

/** Rows that are recorded stay so: the caller learns how to submit the rest. */
function afterRows(recorded: number, { name }: Batch, thrown: unknown): unknown {
  if (recorded === 0 || !ConceptError.isInstance(thrown)) return thrown;
  const { code, message, field, retryable, retryAfterMs, hint } = thrown;
  const done = recorded === 1 ? 'the first row is submitted' : `the first ${recorded} rows are submitted`;
  // The same rows meet the same conflict again: this one has to be mended first.
  const isLasting = code === 'IDEMPOTENCY_CONFLICT';
  const rest = isLasting ? done : `${done}; submit the same rows as batch ${name} again for the rest`;
  return new ConceptError(code, message, {
    cause: thrown,
    field,
    retryable,
    retryAfterMs,
    hint: hint === undefined ? rest : `${hint}; ${rest}`,
  });
}
