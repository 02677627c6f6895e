import { checksumOf } from '../../../core/checksum.ts';
import { invalidInput } from '../../../core/errors.ts';
import type { Task } from '../../../core/task.ts';
import type { SqlValue } from './driver.ts';
import type { Session } from './session.ts';

/** Rows per statement: measured, more gain nothing. */
const ROWS = 20;

const INSERT_TASK = `
  INSERT INTO task (seq, id, user_id, type, status, waiting, priority, turn, run_at, attempt, max_attempts, created_at,
    updated_at, idempotency_key, batch_id) VALUES `;
const TASK_VALUES = "(?, ?, ?, ?, 'pending', ?, ?, ?, ?, 0, ?, ?, ?, ?, ?)";
const ON_TAKEN = ' ON CONFLICT (id) DO NOTHING';
const INSERT_INPUT = 'INSERT INTO task_input (seq, input, input_hash, checksum) VALUES ';
const INPUT_VALUES = '(?, ?, ?, ?)';

const STATEMENTS = {
  one: { task: INSERT_TASK + TASK_VALUES + ON_TAKEN, input: INSERT_INPUT + INPUT_VALUES },
  many: {
    task: INSERT_TASK + Array(ROWS).fill(TASK_VALUES).join(', ') + ON_TAKEN,
    input: INSERT_INPUT + Array(ROWS).fill(INPUT_VALUES).join(', '),
  },
} as const;

const SELECT_LAST_SEQ = 'SELECT coalesce(max(seq), 0) AS seq FROM task';
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

  const insert = (count: number, { task, input }: (typeof STATEMENTS)['one' | 'many']): void => {
    const taken = rows.splice(0, count);
    const now = session.clock.now();
    const changed = session.run(task, ...taken.flatMap((row) => taskColumns(row, now)));
    if (changed < count) throw idTaken(session, taken);
    session.run(input, ...taken.flatMap(inputColumns));
  };
  const flush = (): void => {
    while (rows.length >= ROWS) insert(ROWS, STATEMENTS.many);
    while (rows.length > 0) insert(1, STATEMENTS.one);
  };

  return {
    add: (row) => {
      const seq = ++numbers.last;
      rows.push({ ...row, seq });
      if (rows.length === ROWS) flush();
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
