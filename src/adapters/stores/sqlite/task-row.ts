import { type Task, TASK_TYPES, type TaskStatus, type TaskType, WIRE_NAMES } from '../../../core/task.ts';
import { checksumOf } from '../../../core/checksum.ts';
import { isoOf, isoOrNull } from './time.ts';

const UNREADABLE = { logoDescription: '(damaged)', themeDescription: '(damaged)', refinementPrompt: '(damaged)' };

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
  readonly lease_token: string | null;
  readonly lease_owner: string | null;
  readonly idempotency_key: string | null;
  readonly batch_id: string | null;
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

/** The columns that are the same for every pending task, or that its claim sets anew. */
export const NEVER_RUN = {
  lease_token: null,
  lease_owner: null,
  result_id: null,
  partial: 0,
  progress: null,
  published_at: null,
  started_at: null,
  completed_at: null,
  held: 0,
  pinned: 0,
  provider: null,
} as const satisfies Partial<TaskRow>;

/** A task and the number of its row. */
export interface StoredTask {
  readonly seq: number;
  readonly task: Task;
}

/** Begins every query for {@link TaskRow}s. */
export const SELECT_TASK = 'SELECT task.*, task_input.input, task_input.checksum FROM task JOIN task_input USING (seq)';

const TYPES_BY_WIRE_NAME: Readonly<Record<string, TaskType>> = Object.fromEntries(
  TASK_TYPES.map((type) => [WIRE_NAMES[type], type]),
);

/** The row was written from a valid task: its states and fields fit together. */
export function taskOf(row: TaskRow): Task {
  return {
    id: row.id,
    userId: row.user_id,
    type: typeOf(row),
    input: inputOf(row),
    status: row.status,
    priority: row.priority,
    runAt: isoOf(row.run_at),
    attempt: row.attempt,
    maxAttempts: row.max_attempts,
    leaseToken: row.lease_token,
    leaseOwner: row.lease_owner,
    idempotencyKey: row.idempotency_key,
    batchId: row.batch_id,
    resultId: row.result_id,
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

export function typeOf({ type }: Pick<TaskRow, 'type'>): TaskType {
  return TYPES_BY_WIRE_NAME[type]!;
}

/** Whether the input is what was submitted: a worker must not act on anything else. */
export function inputIsWhole({ input, checksum }: TaskRow): boolean {
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

/**
 * One damaged row must not keep others from being listed, returned or cancelled with it, so it is shown with words in the place of
 * its input. A worker never gets it: its claim fails it.
 */
function inputOf(row: TaskRow): unknown {
  return inputIsWhole(row) ? JSON.parse(row.input) : UNREADABLE;
}

export function storedTaskOf(row: TaskRow): StoredTask {
  return { seq: row.seq, task: taskOf(row) };
}

export function jsonOrNull(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}

/** JSON for a nullable column. */
export function columnOf(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}
