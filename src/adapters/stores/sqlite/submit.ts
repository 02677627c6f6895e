import { ConceptError, invalidInput } from '../../../core/errors.ts';
import { type NewTask, type Task, WIRE_NAMES } from '../../../core/task.ts';
import { initialTask } from '../../../core/transition.ts';
import type { SubmitOutcome } from '../../../ports/task-store.ts';
import { appendEvent } from './append-event.ts';
import { isWaiting } from './change-task.ts';
import { holdCredits } from './credit-ledger.ts';
import type { Session } from './session.ts';
import { SELECT_TASK, type TaskRow, taskOf } from './task-row.ts';
import { isoOf, msOf } from './time.ts';

const INSERT_TASK = `
  INSERT INTO task (id, user_id, type, status, waiting, priority, run_at, attempt, max_attempts, idempotency_key, batch_id,
    created_at, updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING RETURNING seq`;
const INSERT_INPUT = 'INSERT INTO task_input (seq, input, input_hash) VALUES (?, ?, ?)';
const SELECT_REPEAT = `${SELECT_TASK} WHERE task.user_id = ? AND task.idempotency_key = ?`;
const SELECT_HASH = 'SELECT input_hash AS hash FROM task_input WHERE seq = ?';

/** Submits one task within the running transaction. */
export function submitTask(session: Session, newTask: NewTask): SubmitOutcome {
  const existing = repeatOf(session, newTask);
  if (existing) return { task: existing, created: false };
  const { task, input } = firstState(session, newTask);
  const seq = insertTask(session, task);
  session.run(INSERT_INPUT, seq, input, newTask.inputHash);
  holdCredits(session, seq, task);
  appendEvent(session, seq, 0, { type: 'submitted', data: {} });
  session.mark('work');
  return { task, created: true };
}

/** The task as it will be read again: its input as JSON keeps it, its time in one spelling. */
function firstState(session: Session, newTask: NewTask): { readonly task: Task; readonly input: string } {
  const input = JSON.stringify(newTask.input);
  const task = initialTask(newTask, isoOf(session.clock.now()));
  return { task: { ...task, input: JSON.parse(input), runAt: isoOf(msOf(task.runAt, 'runAt')) } as Task, input };
}

function insertTask(session: Session, task: Task): number {
  const createdAt = msOf(task.createdAt, 'createdAt');
  const runAt = msOf(task.runAt, 'runAt');
  const inserted = session.one<{ seq: number }>(
    INSERT_TASK,
    task.id,
    task.userId,
    WIRE_NAMES[task.type],
    task.status,
    Number(isWaiting(session, runAt)),
    task.priority,
    runAt,
    task.attempt,
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
  if (session.one<{ hash: string }>(SELECT_HASH, row.seq)?.hash === newTask.inputHash) return taskOf(row);
  throw new ConceptError(
    'IDEMPOTENCY_CONFLICT',
    `idempotency key ${JSON.stringify(key)} belongs to task ${row.id}, which has a different input`,
    { field: 'idempotencyKey', hint: 'use another key for another input, or repeat the first input unchanged' },
  );
}
