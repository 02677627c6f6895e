import {
  type ProcessingTask,
  type Task,
  TASK_TYPES,
  type TaskStatus,
  type TaskType,
  WIRE_NAMES,
} from '../../../core/task.ts';
import { ConceptError } from '../../../core/errors.ts';
import { checksumOf } from '../../../core/checksum.ts';
import type { SqlValue } from './driver.ts';
import { tokenOf } from './lease-token.ts';
import { isoOf, isoOrNull } from './time.ts';

/** A row of `task` with its input beside it. */
export interface TaskRow {
  readonly seq: number;
  readonly id: string;
  readonly user_id: string;
  readonly type: string;
  readonly status: TaskStatus;
  readonly priority: number;
  readonly run_at: number;
  readonly attempt: number;
  readonly max_attempts: number;
  /** Number of the event of the claim: no two claims of a task share one. */
  readonly lease_token: number | null;
  /** Id of the worker that holds the lease. */
  readonly owner_id: string | null;
  readonly idempotency_key: string | null;
  readonly batch_id: string | null;
  /** Null when it is the task's own id. */
  readonly result_id: string | null;
  readonly partial: number;
  readonly error: string | null;
  readonly progress: string | null;
  readonly published_at: number | null;
  readonly created_at: number;
  readonly updated_at: number;
  readonly started_at: number | null;
  readonly completed_at: number | null;
  readonly turn: number;
  /** Number of the newest event. */
  readonly event_seq: number;
  readonly held: number;
  readonly pinned: number;
  readonly provider: string | null;
  readonly input: string;
  /** Of the input; null on rows from before there were checksums. */
  readonly checksum: number | null;
}

/** What a claim has to know of a row; all else it sets, or it is the same for every pending task. */
export const PENDING_COLUMNS = `seq, task.id, user_id, priority, turn, run_at, attempt, max_attempts,
  idempotency_key, batch_id, error, created_at, event_seq, task_input.input, task_input.checksum, published_at`;
/** Beside {@link PENDING_COLUMNS}, where rows of several types are read. */
export const TYPE_COLUMN = 16;
export type PendingRow = Omit<
  TaskRow,
  | 'status'
  | 'lease_token'
  | 'owner_id'
  | 'result_id'
  | 'partial'
  | 'progress'
  | 'started_at'
  | 'completed_at'
  | 'updated_at'
  | 'held'
  | 'pinned'
  | 'provider'
>;

/** A task and the number of its row. */
export interface StoredTask {
  readonly seq: number;
  readonly task: Task;
}

/** Begins every query for {@link TaskRow}s. */
export const SELECT_TASK = `
  SELECT task.*, (SELECT owner.id FROM worker AS owner WHERE owner.seq = task.lease_owner) AS owner_id,
    task_input.input, task_input.checksum
  FROM task JOIN task_input USING (seq)`;

const TYPES_BY_WIRE_NAME: Readonly<Record<string, TaskType>> = Object.fromEntries(
  TASK_TYPES.map((type) => [WIRE_NAMES[type], type]),
);

/**
 * The row was written from a valid task: its states and fields fit together.
 * @throws ConceptError STORE_CORRUPT when its input cannot be read.
 */
export function taskOf(row: TaskRow, input: unknown = inputOf(row)): Task {
  return {
    id: row.id,
    userId: row.user_id,
    type: typeOf(row),
    input,
    status: row.status,
    priority: row.priority,
    runAt: isoOf(row.run_at),
    attempt: row.attempt,
    maxAttempts: row.max_attempts,
    // What was running when leases took another form has no token; it comes back with the next sweep.
    leaseToken: row.status === 'processing' ? tokenOf(row, row.lease_token ?? 0) : null,
    leaseOwner: row.status === 'processing' ? (row.owner_id ?? 'unknown') : null,
    idempotencyKey: row.idempotency_key,
    batchId: row.batch_id,
    resultId: row.status === 'completed' ? (row.result_id ?? row.id) : null,
    partial: row.partial === 1,
    error: jsonOrNull(row.error),
    progress: jsonOrNull(row.progress),
    publishedAt: isoOrNull(row.published_at),
    createdAt: isoOf(row.created_at),
    updatedAt: isoOf(row.updated_at),
    startedAt: isoOrNull(row.started_at),
    completedAt: isoOrNull(row.completed_at),
  } as Task;
}

/** A row of {@link PENDING_COLUMNS} by name. @param type wire name. */
export function pendingRowOf(columns: readonly SqlValue[], type: string): PendingRow {
  return {
    seq: columns[0] as number,
    id: columns[1] as string,
    user_id: columns[2] as string,
    type,
    priority: columns[3] as number,
    turn: columns[4] as number,
    run_at: columns[5] as number,
    attempt: columns[6] as number,
    max_attempts: columns[7] as number,
    idempotency_key: columns[8] as string | null,
    batch_id: columns[9] as string | null,
    error: columns[10] as string | null,
    created_at: columns[11] as number,
    event_seq: columns[12] as number,
    input: columns[13] as string,
    checksum: columns[14] as number | null,
    published_at: columns[15] as number | null,
  };
}

export function typeOf({ type }: Pick<TaskRow, 'type'>): TaskType {
  return TYPES_BY_WIRE_NAME[type]!;
}

/** Whether the input is what was submitted: a worker must not act on anything else. */
export function inputIsWhole({ input, checksum }: Pick<TaskRow, 'input' | 'checksum'>): boolean {
  return checksum === null ? isJson(input) : checksum === checksumOf(input);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function inputOf({ id, input }: Pick<TaskRow, 'id' | 'input'>): unknown {
  try {
    return JSON.parse(input);
  } catch (thrown) {
    throw new ConceptError('STORE_CORRUPT', `the stored input of task ${id} is damaged`, {
      cause: thrown,
      hint: 'check the disk and the database with: concept doctor',
    });
  }
}

/** A row's task as its claim leaves it (the transition `claim`), made in one go: it is on the way of every task. */
export function claimedTaskOf(row: PendingRow, workerId: string, at: string): ProcessingTask {
  const createdAt = isoOf(row.created_at);
  return {
    id: row.id,
    userId: row.user_id,
    type: typeOf(row),
    input: inputOf(row),
    status: 'processing',
    priority: row.priority,
    runAt: row.run_at === row.created_at ? createdAt : isoOf(row.run_at),
    attempt: row.attempt + 1,
    maxAttempts: row.max_attempts,
    leaseToken: tokenOf(row, row.event_seq + 1),
    leaseOwner: workerId,
    idempotencyKey: row.idempotency_key,
    batchId: row.batch_id,
    resultId: null,
    partial: false,
    error: jsonOrNull(row.error),
    progress: null,
    publishedAt: isoOrNull(row.published_at),
    createdAt,
    updatedAt: at,
    startedAt: at,
    completedAt: null,
  } as ProcessingTask;
}

export function storedTaskOf(row: TaskRow): StoredTask {
  return { seq: row.seq, task: readableTaskOf(row) };
}

/** For whoever can do without the input: one that is damaged hides neither its task nor the others of a page. */
export function readableTaskOf(row: TaskRow): Task {
  try {
    return taskOf(row);
  } catch (thrown) {
    if (ConceptError.isInstance(thrown)) return taskOf(row, {});
    throw thrown;
  }
}

export function jsonOrNull(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}

/** JSON for a nullable column. */
export function columnOf(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}
