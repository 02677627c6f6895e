import { idempotencyConflict } from '../../../core/idempotency-conflict.ts';
import { imageSourceOf } from '../../../core/image-source.ts';
import { type NewTask, type Task, WIRE_NAMES } from '../../../core/task.ts';
import { initialTask } from '../../../core/transition.ts';
import type { SubmitOutcome } from '../../../ports/task-store.ts';
import { referInput } from './blob-refs.ts';
import { isWaiting } from './change-task.ts';
import { holdCredits } from './credit-ledger.ts';
import { countChange } from './effects.ts';
import { NO_TURN, takeTurn } from './fair-turns.ts';
import { createTaskInserter, type TaskInserter } from './insert-tasks.ts';
import type { Session } from './session.ts';
import { SELECT_TASK, type TaskRow, taskOf } from './task-row.ts';
import { isoOf, msOf } from './time.ts';

const SELECT_REPEAT = `${SELECT_TASK} WHERE task.user_id = ? AND task.idempotency_key = ?`;
const SELECT_HASH = 'SELECT input_hash AS hash FROM task_input WHERE seq = ?';

/** Submits tasks within the running write. Their `submitted` events follow from the rows (see the event log). */
export function submitTasks(session: Session, newTasks: readonly NewTask[]): SubmitOutcome[] {
  const inserter = createTaskInserter(session);
  const outcomes = newTasks.map((newTask) => submitTask(session, inserter, newTask));
  inserter.flush();
  return outcomes;
}

function submitTask(session: Session, inserter: TaskInserter, newTask: NewTask): SubmitOutcome {
  const existing = repeatOf(session, inserter, newTask);
  if (existing) return { task: existing, created: false };
  const { task, input } = firstState(session, newTask);
  const type = WIRE_NAMES[task.type];
  const runAtMs = newTask.runAt === undefined ? session.clock.now() : msOf(task.runAt, 'runAt');
  const waiting = isWaiting(session, runAtMs);
  const seq = inserter.add({
    task,
    type,
    input,
    inputHash: newTask.inputHash,
    turn: waiting ? NO_TURN : takeTurn(session, task, task.userId),
    waiting,
    runAtMs,
  });
  if (session.costs || imageSourceOf(task)) {
    // What refers to the row needs it to be there.
    inserter.flush();
    referInput(session, seq, task);
    holdCredits(session, seq, task);
  }
  countChange(session.effects, { type, batchId: task.batchId }, null, 'pending');
  session.mark('work');
  session.mark('done');
  return { task, created: true };
}

/** The task as it will be read again: its input as JSON keeps it, its time in one spelling. */
function firstState(session: Session, newTask: NewTask): { readonly task: Task; readonly input: string } {
  const input = JSON.stringify(newTask.input);
  const runAt = newTask.runAt === undefined ? undefined : isoOf(msOf(newTask.runAt, 'runAt'));
  const task = initialTask({ ...newTask, input: JSON.parse(input), runAt }, isoOf(session.clock.now()));
  return { task, input };
}

/** The task that was submitted under the same key. @throws ConceptError IDEMPOTENCY_CONFLICT when its input differs. */
function repeatOf(session: Session, inserter: TaskInserter, newTask: NewTask): Task | undefined {
  const { userId, idempotencyKey: key } = newTask;
  if (key === undefined) return undefined;
  if (inserter.hasWaiting(userId, key)) inserter.flush();
  const row = session.one<TaskRow>(SELECT_REPEAT, userId, key);
  if (!row) return undefined;
  const { hash } = session.one<{ hash: string }>(SELECT_HASH, row.seq)!;
  if (hash === newTask.inputHash) return taskOf(row);
  throw idempotencyConflict(key, { id: row.id, inputHash: hash }, newTask.inputHash);
}
