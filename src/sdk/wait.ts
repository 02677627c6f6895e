import { abortError } from '../core/abort.ts';
import type { Concept } from '../core/concept.ts';
import { ConceptError } from '../core/errors.ts';
import { type CompletedTask, isFinal, type Task, type TaskType } from '../core/task.ts';
import type { Store } from '../ports/store.ts';
import { boundsOf, type CallSettings } from './call-options.ts';
import { taskNotFound } from './not-found.ts';

/** What a completed task left, by its type. */
export type TaskOutcome<T extends TaskType> = T extends 'generation' | 'refinement'
  ? { readonly task: CompletedTask<T>; readonly concept: Concept }
  : { readonly task: CompletedTask<T> };

export interface TaskReader {
  readonly store: Store;
  readonly userId: string | undefined;
}

/** Only a safety net: news wakes the wait up at once. */
const RECHECK_MS = 1_000;
/** What a store that answers slowly may add to the caller's limit. */
const LAST_LOOK_MS = 250;

/** See `TasksResource.wait`. */
export async function waitForTask<T extends TaskType>(
  taskId: string,
  reader: TaskReader,
  settings: CallSettings = {},
): Promise<TaskOutcome<T>> {
  const task = await untilFinal(taskId, reader, settings);
  if (task.status !== 'completed') throw failureOf(task);
  const concept = await reader.store.concepts.get(task.resultId, { signal: settings.signal });
  return { task, concept } as unknown as TaskOutcome<T>;
}

async function untilFinal(taskId: string, { store, userId }: TaskReader, settings: CallSettings): Promise<Task> {
  const { signal } = settings;
  const { limit, stop } = boundsOf(settings);
  const reader = {};
  for (;;) {
    // A store that is slow to answer must not outlast the caller's limit.
    const task = await store.tasks.get(taskId, { userId, signal: stop });
    if (!task) throw taskNotFound(taskId);
    if (isFinal(task)) return task;
    await store.events.news(RECHECK_MS, { signal: stop, reader });
    if (signal?.aborted) throw abortError(signal);
    if (limit?.aborted) return lastLook(task, { store, userId });
  }
}

/** A task that became final together with the limit is a result, not a time-out. */
async function lastLook(task: Task, { store, userId }: TaskReader): Promise<Task> {
  const signal = AbortSignal.timeout(LAST_LOOK_MS);
  const latest = await store.tasks.get(task.id, { userId, signal }).catch(() => undefined);
  if (latest && isFinal(latest)) return latest;
  throw stillRunning(task);
}

function stillRunning(task: Task): ConceptError {
  return new ConceptError('TIMEOUT', `task ${task.id} is still ${task.status}; it goes on`, {
    hint: `resume with: concept wait ${task.id}`,
  });
}

function failureOf(task: Task): ConceptError {
  if (task.status === 'cancelled') {
    return new ConceptError('TASK_CANCELLED', `task ${task.id} was cancelled`, {
      taskId: task.id,
      hint: `start it again with: concept retry ${task.id}`,
    });
  }
  const { code, message, hint, stage, retryable } = task.error!;
  return new ConceptError(code, `task ${task.id} failed${stage ? ` in ${stage}` : ''}: ${message}`, {
    taskId: task.id,
    stage,
    retryable,
    hint: hint ?? `start it again with: concept retry ${task.id}`,
  });
}
