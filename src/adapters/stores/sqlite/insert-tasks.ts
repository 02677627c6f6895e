import { checksumOf } from '../../../core/checksum.ts';
import { invalidInput } from '../../../core/errors.ts';
import type { Task } from '../../../core/task.ts';
import type { SqlValue } from './driver.ts';
import { insertRows, manyRows, rowInsert, ROWS_AT_ONCE } from './insert-rows.ts';
import { RESULT, resultCode } from './result-code.ts';
import type { Session } from './session.ts';

/**
 * FAIL, not the default ABORT: with that, SQLite keeps a copy of each page that a statement of several rows changes, for a quarter
 * of the cost of the whole insert. What a failed one has written goes with the write that it is part of.
 */
const INSERT_TASKS = rowInsert(
  `INSERT OR FAIL INTO task (seq, id, user_id, type, status, waiting, priority, turn, run_at, attempt, max_attempts, created_at,
    updated_at, idempotency_key, batch_id)`,
  "(?, ?, ?, ?, 'pending', ?, ?, ?, ?, 0, ?, ?, ?, ?, ?)",
);
/**
 * For {@link ROWS_AT_ONCE} rows that differ in their ids alone and stand in line one behind the other: handing a value over costs as
 * much as storing it.
 */
const INSERT_ALIKE = `
  INSERT OR FAIL INTO task (seq, user_id, type, status, waiting, priority, turn, run_at, attempt, max_attempts, created_at,
    updated_at, batch_id, id)
  VALUES ${manyRows((index) => `(?1 + ${index}, ?2, ?3, 'pending', ?4, ?5, ?6 + ${index}, ?7, 0, ?8, ?9, ?9, ?10, ?)`)}`;

const INTO_INPUT = 'INSERT INTO task_input (seq, input, input_hash, checksum)';
const INSERT_INPUT = `${INTO_INPUT} VALUES (?, ?, ?, ?)`;
const INSERT_INPUTS = `${INTO_INPUT} VALUES ${manyRows((index) => `(?1 + ${index}, ?, ?, ?)`)}`;

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
  /** @throws ConceptError INVALID_INPUT (field `id`) when an id is taken; then the whole write must fail. */
  flush(): void;
}

/** @param now Unix milliseconds, when the tasks are created. */
export function createTaskInserter(session: Session, now: number): TaskInserter {
  let rows: NewRow[] = [];
  const numbers = session.once('row numbers', () => ({ last: session.one<{ seq: number }>(SELECT_LAST_SEQ)!.seq }));

  const flush = (): void => {
    const waiting = rows;
    rows = [];
    const firstSeq = numbers.last - waiting.length + 1;
    insertTasks(session, waiting, firstSeq, now);
    insertInputs(session, waiting, firstSeq);
  };

  return {
    add: (row) => {
      numbers.last += 1;
      rows.push(row);
      if (rows.length === ROWS_AT_ONCE) flush();
      return numbers.last;
    },
    hasWaiting: (userId, key) => rows.some(({ task }) => task.idempotencyKey === key && task.userId === userId),
    flush,
  };
}

function insertTasks(session: Session, rows: readonly NewRow[], firstSeq: number, now: number): void {
  try {
    if (rows.length === ROWS_AT_ONCE && areAlike(rows)) {
      session.run(INSERT_ALIKE, ...alikeColumns(rows, firstSeq, now));
      return;
    }
    const columns = rows.map((row, index) => taskColumns(row, firstSeq + index, now));
    insertRows(session, INSERT_TASKS, columns);
  } catch (thrown) {
    throw (resultCode(thrown) === RESULT.constraint && idTaken(session, rows, firstSeq)) || thrown;
  }
}

function insertInputs(session: Session, rows: readonly NewRow[], firstSeq: number): void {
  if (rows.length < ROWS_AT_ONCE) {
    for (const [index, { input, inputHash }] of rows.entries()) {
      session.run(INSERT_INPUT, firstSeq + index, input, inputHash, checksumOf(input));
    }
    return;
  }
  const columns: SqlValue[] = [firstSeq];
  for (const { input, inputHash } of rows) columns.push(input, inputHash, checksumOf(input));
  session.run(INSERT_INPUTS, ...columns);
}

function areAlike(rows: readonly NewRow[]): boolean {
  const first = rows[0]!;
  const { userId, priority, maxAttempts, batchId } = first.task;
  return rows.every(
    ({ task, type, turn, waiting, runAtMs }, index) =>
      task.userId === userId &&
      task.idempotencyKey === null &&
      turn === first.turn + index &&
      type === first.type &&
      task.priority === priority &&
      runAtMs === first.runAtMs &&
      waiting === first.waiting &&
      task.maxAttempts === maxAttempts &&
      task.batchId === batchId,
  );
}

/** For {@link INSERT_ALIKE}. */
function alikeColumns(rows: readonly NewRow[], firstSeq: number, now: number): SqlValue[] {
  const { task, type, turn, waiting, runAtMs } = rows[0]!;
  const { userId, priority, maxAttempts, batchId } = task;
  const shared = [firstSeq, userId, type, Number(waiting), priority, turn, runAtMs, maxAttempts, now, batchId];
  return [...shared, ...rows.map((row) => row.task.id)];
}

function taskColumns(row: NewRow, seq: number, now: number): SqlValue[] {
  const { task, type, turn, waiting, runAtMs } = row;
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

/** Those before it have rows of their own by then. */
function idTaken(session: Session, rows: readonly NewRow[], firstSeq: number): Error | undefined {
  const taken = rows.find(({ task }, index) => {
    const seq = session.one<{ seq: number }>(SELECT_SEQ, task.id)?.seq;
    return seq !== undefined && seq !== firstSeq + index;
  });
  return taken && invalidInput('id', `there is a task ${taken.task.id} already`, 'use a fresh id');
}
