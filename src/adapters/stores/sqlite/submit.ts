import { checksumOf } from '../../../core/checksum.ts';
import { invalidInput } from '../../../core/errors.ts';
import { idempotencyConflict } from '../../../core/idempotency-conflict.ts';
import { type NewTask, type Task, WIRE_NAMES } from '../../../core/task.ts';
import { initialTask } from '../../../core/transition.ts';
import type { SubmitOutcome } from '../../../ports/task-store.ts';
import { referInput } from './blob-refs.ts';
import { isWaiting } from './change-task.ts';
import { holdCredits } from './credit-ledger.ts';
import { countChange } from './effects.ts';
import { takeTurn } from './fair-turns.ts';
import type { Session } from './session.ts';
import { SELECT_TASK, type TaskRow, taskOf } from './task-row.ts';
import { isoOf, msOf } from './time.ts';

const INSERT_TASK = `
  INSERT INTO task (id, user_id, type, status, waiting, priority, turn, run_at, attempt, max_attempts, idempotency_key,
    batch_id, created_at, updated_at)
  VALUES (?, ?, ?, 'pending', ?, ?, ?, ?, 0, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING RETURNING seq`;
const INSERT_INPUT = 'INSERT INTO task_input (seq, input, input_hash, checksum) VALUES (?, ?, ?, ?)';
const SELECT_REPEAT = `${SELECT_TASK} WHERE task.user_id = ? AND task.idempotency_key = ?`;
const SELECT_HASH = 'SELECT input_hash AS hash FROM task_input WHERE seq = ?';

/** Submits one task within the running write. Its `submitted` event follows from the row (see the event log). */
export function submitTask(session: Session, newTask: NewTask): SubmitOutcome {
  const existing = repeatOf(session, newTask);
  if (existing) return { task: existing, created: false };
  const { task, input } = firstState(session, newTask);
  const type = WIRE_NAMES[task.type];
  const seq = insertTask(session, task, type);
  session.run(INSERT_INPUT, seq, input, newTask.inputHash, checksumOf(input));
  referInput(session, seq, task);
  holdCredits(session, seq, task);
  countChange(session.effects, { type, batchId: task.batchId }, null, 'pending');
  session.mark('work');
  session.mark('done');
  return { task, created: true };
}

/** The task as it will be read again: its input as JSON keeps it, its time in one spelling. */
function firstState(session: Session, newTask: NewTask): { readonly task: Task; readonly input: string } {
  const input = JSON.stringify(newTask.input);
  const task = initialTask(newTask, isoOf(session.clock.now()));
  return { task: { ...task, input: JSON.parse(input), runAt: isoOf(msOf(task.runAt, 'runAt')) } as Task, input };
}

function insertTask(session: Session, task: Task, type: string): number {
  const createdAt = session.clock.now();
  const runAt = msOf(task.runAt, 'runAt');
  const inserted = session.one<{ seq: number }>(
    INSERT_TASK,
    task.id,
    task.userId,
    type,
    Number(isWaiting(session, runAt)),
    task.priority,
    takeTurn(session, { type, priority: task.priority }, task.userId),
    runAt,
    task.maxAttempts,
    task.idempotencyKey,
    task.batchId,
    createdAt,
    createdAt,
  );
  if (inserted) return inserted.seq;
  throw invalidInput('id', `there is a task ${task.id} already`, 'use a fresh id');
}

/** The task that was submitted under the same key. @throws ConceptError IDEMPOTENCY_CONFLICT when its input differs. */
function repeatOf(session: Session, newTask: NewTask): Task | undefined {
  const key = newTask.idempotencyKey;
  if (key === undefined) return undefined;
  const row = session.one<TaskRow>(SELECT_REPEAT, newTask.userId, key);
  if (!row) return undefined;
  const { hash } = session.one<{ hash: string }>(SELECT_HASH, row.seq)!;
  if (hash === newTask.inputHash) return taskOf(row);
  throw idempotencyConflict(key, { id: row.id, inputHash: hash }, newTask.inputHash);
}
