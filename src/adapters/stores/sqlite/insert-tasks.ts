import { checksumOf } from '../../../core/checksum.ts';
import { invalidInput } from '../../../core/errors.ts';
import type { Task } from '../../../core/task.ts';
import type { SqlValue } from './driver.ts';
import { insertRows, rowInsert, ROWS_AT_ONCE } from './insert-rows.ts';
import type { Session } from './session.ts';

const INSERT_TASKS = rowInsert(
  `INSERT INTO task (seq, id, user_id, type, status, waiting, priority, turn, run_at, attempt, max_attempts, created_at,
    updated_at, idempotency_key, batch_id)`,
  "(?, ?, ?, ?, 'pending', ?, ?, ?, ?, 0, ?, ?, ?, ?, ?)",
  'ON CONFLICT (id) DO NOTHING',
);
const INSERT_INPUTS = rowInsert('INSERT INTO task_input (seq, input, input_hash, checksum)', '(?, ?, ?, ?)');

/** Never one of a task that was removed: leases and cursors name rows. */
const SELECT_LAST_SEQ = "SELECT coalesce(max(seq), 0) AS seq FROM sqlite_sequence WHERE name = 'task'";
const SELECT_SEQ = 'SELECT seq FROM task WHERE id = ?';

/** A new task with what its row says beyond it. */
export interface NewRow {
  readonly task: Task;
  /** Wire name. */
  readonly type: string;
  readonly turn: number;
  readonly waiting: boolean;
  readonly runAtMs: number;
  readonly input: string;
  readonly inputHash: string;
}

/** Inserts tasks within the running write, several to a statement. */
export interface TaskInserter {
  /** @returns the number of the row, which is there after {@link flush}. */
  add(row: NewRow): number;
  /** Whether a row that is not there yet has this idempotency key. */
  hasWaiting(userId: string, idempotencyKey: string): boolean;
  /** @throws ConceptError INVALID_INPUT (field `id`) when an id is taken. */
  flush(): void;
}

export function createTaskInserter(session: Session): TaskInserter {
  const rows: (NewRow & { readonly seq: number })[] = [];
  const numbers = session.once('row numbers', () => ({ last: session.one<{ seq: number }>(SELECT_LAST_SEQ)!.seq }));

  const flush = (): void => {
    const waiting = rows.splice(0);
    const now = session.clock.now();
    const columns = waiting.map((row) => taskColumns(row, now));
    if (insertRows(session, INSERT_TASKS, columns) < waiting.length) throw idTaken(session, waiting);
    insertRows(session, INSERT_INPUTS, waiting.map(inputColumns));
  };

  return {
    add: (row) => {
      const seq = ++numbers.last;
      rows.push({ ...row, seq });
      if (rows.length === ROWS_AT_ONCE) flush();
      return seq;
    },
    hasWaiting: (userId, key) => rows.some(({ task }) => task.idempotencyKey === key && task.userId === userId),
    flush,
  };
}

function taskColumns(row: NewRow & { readonly seq: number }, now: number): SqlValue[] {
  const { seq, task, type, turn, waiting, runAtMs } = row;
  const { id, userId, priority, maxAttempts, idempotencyKey, batchId } = task;
  return [
    seq,
    id,
    userId,
    type,
    Number(waiting),
    priority,
    turn,
    runAtMs,
    maxAttempts,
    now,
    now,
    idempotencyKey,
    batchId,
  ];
}

function inputColumns({ seq, input, inputHash }: NewRow & { readonly seq: number }): SqlValue[] {
  return [seq, input, inputHash, checksumOf(input)];
}

function idTaken(session: Session, rows: readonly (NewRow & { readonly seq: number })[]): Error {
  const taken = rows.find(({ seq, task }) => session.one<{ seq: number }>(SELECT_SEQ, task.id)?.seq !== seq);
  return invalidInput('id', `there is a task ${taken!.task.id} already`, 'use a fresh id');
}
