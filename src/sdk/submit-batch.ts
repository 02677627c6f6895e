import { throwIfAborted } from '../core/abort.ts';
import { ConceptError, invalidInput } from '../core/errors.ts';
import { uuidV7 } from '../core/id.ts';
import { assertUserId } from '../core/user-id.ts';
import type { Batch } from '../ports/batch-store.ts';
import type { BatchSubmission, SubmittedBatch, SubmittedRow } from './batches.ts';
import { chunksOf } from './chunks.ts';
import type { ClientDependencies } from './client-dependencies.ts';
import { batchNotFound } from './not-found.ts';
import { preparedRows } from './prepare-rows.ts';
import { type PreparedSubmission, prepareSubmission } from './prepare-submission.ts';
import { recordSubmissions, SUBMIT_CHUNK } from './record-submissions.ts';
import { assertInScope } from './scope.ts';
import type { Submission } from './submission.ts';

const MAX_NAME_LENGTH = 200;
/** 64 bits: two different rows of one batch meet in them once in billions of batches. */
const HASH_PREFIX_LENGTH = 16;

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
    let keyed: ((row: PreparedSubmission) => PreparedSubmission) | undefined;
    for await (const chunk of chunksOf(prepared, SUBMIT_CHUNK)) {
      throwIfAborted(signal);
      batch ??= await open();
      keyed ??= rowsOf(batch);
      for (const { task, created: isNew } of await recordSubmissions(chunk.map(keyed), dependencies, signal)) {
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

/** A row without a key of its own is known by its content, and by its number among equal ones. */
function rowsOf(batch: Batch): (row: PreparedSubmission) => PreparedSubmission {
  const seen = new Map<string, number>();
  return ({ task, upload }) => {
    const prefix = task.inputHash.slice(0, HASH_PREFIX_LENGTH);
    const known = compact(prefix);
    const occurrence = (seen.get(known) ?? 0) + 1;
    seen.set(known, occurrence);
    const idempotencyKey = task.idempotencyKey ?? `${batch.id}:${prefix}:${occurrence}`;
    return { task: { ...task, batchId: batch.id, idempotencyKey }, upload };
  };
}

/** Sixteen hex digits as four characters: a part of a string would keep the whole of it in memory, per row. */
function compact(hex: string): string {
  const unit = (start: number): number => Number.parseInt(hex.slice(start, start + 4), 16);
  return String.fromCharCode(unit(0), unit(4), unit(8), unit(12));
}

/** Rows that are recorded stay so: the caller learns how to submit the rest. */
function afterRows(recorded: number, { name }: Batch, thrown: unknown): unknown {
  if (recorded === 0 || !ConceptError.isInstance(thrown)) return thrown;
  const { code, message, field, retryable, retryAfterMs, hint } = thrown;
  const rest = `the first ${recorded} rows are submitted; submit the same rows as batch ${name} again for the rest`;
  return new ConceptError(code, message, {
    cause: thrown,
    field,
    retryable,
    retryAfterMs,
    hint: hint === undefined ? rest : `${hint}; ${rest}`,
  });
}
