import { isFinal } from '../../../core/task.ts';
import type { FinishedTask, Retention } from '../../../ports/retention.ts';
import { existingRow } from './find-tasks.ts';
import { filesOf, isInUse, pathsNamedBy } from './named-blobs.ts';
import { pageOf } from './page.ts';
import { removeTasks } from './remove-tasks.ts';
import { type MemoryState, type TaskRow, transact, write } from './state.ts';
import { endOf } from './worker-registry.ts';

export function memoryRetention(state: MemoryState): Retention {
  return {
    pin: (taskId, pinned, options) =>
      transact(state, options, () => {
        write(state, state.tasks, taskId, { ...existingRow(state, taskId, options), pinned });
      }),

    finished: (page, options) =>
      transact(state, options, () => {
        const finished = [...state.tasks.values()].filter(({ task }) => isFinal(task));
        const { rows, nextCursor } = pageOf(finished, page);
        return { tasks: rows.map((row) => finishedTask(state, row)), nextCursor };
      }),

    remove: (taskIds, options) => transact(state, options, () => removeTasks(state, taskIds)),

    referenced: (paths, options) =>
      transact(state, options, () => {
        const named = new Set([...state.tasks.values()].flatMap(({ task }) => pathsNamedBy(state, task)));
        return paths.filter((path) => named.has(path) || mayBeNamedYet(state, path));
      }),

    prune: (before, options) => transact(state, options, () => pruneWorkers(state, Date.parse(before))),
  };
}

function finishedTask(state: MemoryState, { task, pinned }: TaskRow): FinishedTask {
  const bytesByPath = new Map(filesOf(state, task).map(({ path, bytes }) => [path, bytes]));
  const bytes = [...bytesByPath.values()].reduce((total, each) => total + each, 0);
  return { taskId: task.id, completedAt: task.completedAt!, bytes, pinned, inUse: isInUse(state, task) };
}

/** Lies in the folder of a task that may still complete, now or after a retry. */
function mayBeNamedYet(state: MemoryState, path: string): boolean {
  const [userId, taskId = ''] = path.split('/');
  const task = state.tasks.get(taskId)?.task;
  return task?.userId === userId && task?.status !== 'completed';
}

function pruneWorkers(state: MemoryState, beforeMs: number): number {
  const ended = [...state.workers].filter(([, row]) => row.dead && endOf(state, row) < beforeMs);
  for (const [id] of ended) write(state, state.workers, id, undefined);
  return ended.length;
}
