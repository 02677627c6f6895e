import { INTENT_PREFIX } from '../../../core/checkpoint-intent.ts';
import type { Task } from '../../../core/task.ts';
import { changeTask } from './change-task.ts';
import { holdCredits, refundHold } from './credit-ledger.ts';
import type { Session } from './session.ts';
import type { StoredTask } from './task-row.ts';

const DELETE_INTENTS = 'DELETE FROM checkpoint WHERE task_seq = ? AND substr(stage, 1, ?) = ?';

/** Cancels a task within the running write. @throws ConceptError INVALID_TRANSITION */
export function cancelTask(session: Session, stored: StoredTask): Task {
  const task = changeTask(session, stored, { kind: 'cancel' }, { type: 'cancelled', data: {} });
  refundHold(session, stored.seq, task.userId);
  return task;
}

/** Puts a task back in line within the running write. @throws ConceptError INVALID_TRANSITION, INSUFFICIENT_CREDITS */
export function retryTask(session: Session, stored: StoredTask): Task {
  const { error } = stored.task;
  const task = changeTask(session, stored, { kind: 'retry' }, { type: 'retried', data: error ? { error } : {} });
  session.run(DELETE_INTENTS, stored.seq, INTENT_PREFIX.length, INTENT_PREFIX);
  holdCredits(session, stored.seq, task);
  return task;
}
