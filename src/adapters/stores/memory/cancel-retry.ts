import { INTENT_PREFIX } from '../../../core/checkpoint-intent.ts';
import type { Task } from '../../../core/task.ts';
import { changeTask } from './change-task.ts';
import { holdCredits, refundCredits } from './credit-ledger.ts';
import { type MemoryState, type TaskRow, write } from './state.ts';
import { takeTurn } from './turns.ts';

/** Within the running transaction. @throws INVALID_TRANSITION */
export function cancelTask(state: MemoryState, row: TaskRow): Task {
  const task = changeTask(state, row, { kind: 'cancel' }, { type: 'cancelled', data: {} });
  refundCredits(state, task);
  return task;
}

/** Within the running transaction. @throws INVALID_TRANSITION, INSUFFICIENT_CREDITS */
export function retryTask(state: MemoryState, row: TaskRow): Task {
  const event = { type: 'retried', data: { error: row.task.error } } as const;
  // Its owner asked for it anew.
  const task = changeTask(state, { ...row, turn: takeTurn(state, row.task) }, { kind: 'retry' }, event);
  holdCredits(state, task);
  const checkpoints = state.checkpoints.get(task.id) ?? [];
  const finished = checkpoints.filter(({ stage }) => !stage.startsWith(INTENT_PREFIX));
  write(state, state.checkpoints, task.id, finished);
  return task;
}
