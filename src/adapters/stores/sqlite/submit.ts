import { idempotencyConflict } from '../../../core/idempotency-conflict.ts';
import { imageSourceOf } from '../../../core/image-source.ts';
import { jsonCopy } from '../../../core/json-copy.ts';
import { type NewTask, type Task, WIRE_NAMES } from '../../../core/task.ts';
import { initialTask } from '../../../core/transition.ts';
import type { SubmitOutcome } from '../../../ports/task-store.ts';
import { referInput } from './blob-refs.ts';
import { holdCredits } from './credit-ledger.ts';
import { countNew } from './effects.ts';
import { createTurnGiver, NO_TURN, type TurnGiver } from './fair-turns.ts';
import { createTaskInserter, type TaskInserter } from './insert-tasks.ts';
import type { Session } from './session.ts';
import { SELECT_TASK, type TaskRow, taskOf } from './task-row.ts';
import { isoOf, msOf } from './time.ts';

const SELECT_REPEAT = `${SELECT_TASK} WHERE task.user_id = ? AND task.idempotency_key = ?`;
const SELECT_HASH = 'SELECT input_hash AS hash FROM task_input WHERE seq = ?';

/** What the tasks of one call have in common. */
interface Submission {
  readonly session: Session;
  readonly inserter: TaskInserter;
  readonly turns: TurnGiver;
  readonly nowMs: number;
  /** The same as ISO 8601. */
  readonly now: string;
}

/** Submits tasks within the running write. Their `submitted` events follow from the rows (see the event log). */
export function submitTasks(session: Session, newTasks: readonly NewTask[]): SubmitOutcome[] {
  const nowMs = session.clock.now();
  const inserter = createTaskInserter(session, nowMs);
  const turns = createTurnGiver(session);
  const submission: Submission = { session, inserter, turns, nowMs, now: isoOf(nowMs) };
  const outcomes = newTasks.map((newTask) => submitTask(submission, newTask));
  inserter.flush();
  turns.keep();
  countCreated(session, outcomes);
  return outcomes;
}

function submitTask(submission: Submission, newTask: NewTask): SubmitOutcome {
  const { session, inserter, turns, nowMs, now } = submission;
  const existing = repeatOf(session, inserter, newTask);
  if (existing) return { task: existing, created: false };
  const input = JSON.stringify(newTask.input);
  const runAtMs = newTask.runAt === undefined ? nowMs : msOf(newTask.runAt, 'runAt');
  // As it will be read again: its input as JSON keeps it, its time in one spelling.
  const task = initialTask(newTask, now, {
    input: jsonCopy(newTask.input, input),
    runAt: runAtMs === nowMs ? now : isoOf(runAtMs),
  });
  const waiting = runAtMs > nowMs;
  const seq = inserter.add({
    task,
    type: WIRE_NAMES[task.type],
    turn: waiting ? NO_TURN : turns.take(task.priority, task.userId),
    waiting,
    runAtMs,
    input,
    inputHash: newTask.inputHash,
  });
  if (session.costs || imageSourceOf(task)) {
    // What refers to the row needs it to be there.
    inserter.flush();
    referInput(session, seq, task);
    holdCredits(session, seq, task);
  }
  return { task, created: true };
}

/** Counts new tasks, many that are alike at once, and tells of them. */
function countCreated(session: Session, outcomes: readonly SubmitOutcome[]): void {
  let alike: { readonly type: string; readonly batchId: string | null; count: number } | undefined;
  for (const { task, created } of outcomes) {
    if (!created) continue;
    const type = WIRE_NAMES[task.type];
    if (alike?.type !== type || alike.batchId !== task.batchId) {
      if (alike) countNew(session.effects, alike);
      alike = { type, batchId: task.batchId, count: 0 };
    }
    alike.count += 1;
  }
  if (!alike) return;
  countNew(session.effects, alike);
  session.mark('work');
  session.mark('done');
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
