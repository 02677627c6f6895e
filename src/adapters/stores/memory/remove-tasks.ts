import { isFinal } from '../../../core/task.ts';
import type { RemovedTask } from '../../../ports/retention.ts';
import { isInUse, pathsNamedBy } from './named-blobs.ts';
import { type MemoryState, type TaskRow, write } from './state.ts';
import { idempotencyId } from './submit.ts';

/** Removes within the running transaction those that may be; tells of each which blobs no record names any more. */
export function removeTasks(state: MemoryState, taskIds: readonly string[]): readonly RemovedTask[] {
  const removed = taskIds.flatMap((taskId) => {
    const row = state.tasks.get(taskId);
    if (!row || !isFinal(row.task) || row.pinned || isInUse(state, row.task)) return [];
    const paths = pathsNamedBy(state, row.task);
    removeTask(state, row);
    return [{ taskId, paths }];
  });
  const stillNamed = new Set([...state.tasks.values()].flatMap(({ task }) => pathsNamedBy(state, task)));
  return removed.map(({ taskId, paths }) => ({
    taskId,
    paths: [...new Set(paths)].filter((path) => !stillNamed.has(path)),
  }));
}

function removeTask(state: MemoryState, { task }: TaskRow): void {
  const { id, userId, idempotencyKey, resultId } = task;
  write(state, state.events, id, undefined);
  write(state, state.checkpoints, id, undefined);
  write(state, state.results, id, undefined);
  if (resultId !== null) write(state, state.concepts, resultId, undefined);
  if (idempotencyKey !== null) write(state, state.idempotency, idempotencyId(userId, idempotencyKey), undefined);
  write(state, state.tasks, id, undefined);
}
