import { invalidInput } from '../../../core/errors.ts';
import { idempotencyConflict } from '../../../core/idempotency-conflict.ts';
import type { NewTask, Task } from '../../../core/task.ts';
import { initialTask } from '../../../core/transition.ts';
import type { SubmitOutcome } from '../../../ports/task-store.ts';
import { holdCredits } from './credit-ledger.ts';
import { appendEvent } from './event-log.ts';
import { jsonCopy, type MemoryState, timestamp, write } from './state.ts';
import { isDue } from './due.ts';
import { NO_TURN, takeTurn } from './turns.ts';

/** Submits one task within the running transaction. */
export function submitTask(state: MemoryState, newTask: NewTask): SubmitOutcome {
  const existing = repeatOf(state, newTask);
  if (existing) return { task: existing, created: false };
  if (state.tasks.has(newTask.id)) throw invalidInput('id', `there is a task ${newTask.id} already`, 'use a fresh id');
  const task = jsonCopy(initialTask(newTask, timestamp(state)));
  holdCredits(state, task);
  write(state, state.tasks, task.id, {
    task,
    inputHash: newTask.inputHash,
    order: state.nextOrder(),
    turn: isDue(state, task) ? takeTurn(state, task) : NO_TURN,
    provider: undefined,
    ahead: false,
    pinned: false,
  });
  if (task.idempotencyKey !== null) {
    write(state, state.idempotency, idempotencyId(task.userId, task.idempotencyKey), task.id);
  }
  appendEvent(state, task.id, 0, { type: 'submitted', data: {} });
  return { task: jsonCopy(task), created: true };
}

/** The task that was submitted under the same key. @throws IDEMPOTENCY_CONFLICT when its input differs. */
function repeatOf(state: MemoryState, newTask: NewTask): Task | undefined {
  const key = newTask.idempotencyKey;
  if (key === undefined) return undefined;
  const existingId = state.idempotency.get(idempotencyId(newTask.userId, key));
  const existing = existingId === undefined ? undefined : state.tasks.get(existingId);
  if (!existing) return undefined;
  if (existing.inputHash === newTask.inputHash) return jsonCopy(existing.task);
  throw idempotencyConflict(key, { id: existing.task.id, inputHash: existing.inputHash }, newTask.inputHash);
}

export function idempotencyId(userId: string, key: string): string {
  return JSON.stringify([userId, key]);
}
