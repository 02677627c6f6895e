import type { Task } from '../core/task.ts';

/** A task as `--json` shows it: never its lease. */
export function taskJson(task: Task) {
  return {
    id: task.id,
    type: task.type,
    status: task.status,
    attempt: task.attempt,
    maxAttempts: task.maxAttempts,
    userId: task.userId,
    createdAt: task.createdAt,
    startedAt: task.startedAt,
    completedAt: task.completedAt,
    updatedAt: task.updatedAt,
    resultId: task.resultId,
    partial: task.partial,
    error: task.error,
    progress: task.progress,
    input: task.input,
    priority: task.priority,
    runAt: task.runAt,
    idempotencyKey: task.idempotencyKey,
    batchId: task.batchId,
  };
}
