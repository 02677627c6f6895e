import type { TaskEvent } from '../core/event.ts';
import type { Task, TaskType } from '../core/task.ts';
import type { TaskCounts, TaskPage, TaskQuery } from '../ports/task-store.ts';
import { type CallSettings, withCallSettings } from './call-options.ts';
import type { ClientDependencies } from './client-dependencies.ts';
import { taskNotFound } from './not-found.ts';
import type { PreparedSubmission } from './prepare-submission.ts';
import type { Submission, SubmissionOf } from './submission.ts';
import { waitForTask, type TaskOutcome } from './wait.ts';
import { watchTask } from './watch.ts';

/** Rows per transaction of {@link TasksResource.submitMany}: memory stays flat, other writers get their turn. */
const SUBMIT_CHUNK = 500;

export interface TasksResource {
  /**
   * Records a task and tells the workers. Once it resolves the task is durable; answer `202 Accepted` with its id.
   * @throws ConceptError INVALID_INPUT naming the field, IMAGE_*, CONCEPT_NOT_FOUND, IDEMPOTENCY_CONFLICT, INSUFFICIENT_CREDITS.
   */
  submit<T extends TaskType>(submission: SubmissionOf<T>, settings?: CallSettings): Promise<Task<T>>;

  /** Like {@link submit} for each, in order. All are checked before the first is recorded; recorded in chunks of 500. */
  submitMany(submissions: readonly Submission[], settings?: CallSettings): Promise<readonly Task[]>;

  /** @throws ConceptError TASK_NOT_FOUND */
  get(taskId: string, settings?: CallSettings): Promise<Task>;

  /** Newest first; pass `nextCursor` back as `cursor` for the next page. */
  list(query?: TaskQuery, settings?: CallSettings): Promise<TaskPage>;

  /** How many tasks are in which state. */
  counts(settings?: CallSettings): Promise<TaskCounts>;

  /**
   * Resolves with the result as soon as the task is completed.
   * @throws ConceptError with `taskId` set when the task failed (its own code) or was cancelled (TASK_CANCELLED);
   * TIMEOUT when `timeoutMs` passed (the task goes on); TASK_NOT_FOUND.
   */
  wait<T extends TaskType>(task: Task<T> | string, settings?: CallSettings): Promise<TaskOutcome<T>>;

  /** The task's events after `afterSeq` (default 0: all), as they happen, until the task is final. */
  watch(taskId: string, settings?: CallSettings & { readonly afterSeq?: number }): AsyncIterable<TaskEvent>;

  /** Ends a pending or running task; a running one is aborted. @throws ConceptError TASK_NOT_FOUND, INVALID_TRANSITION */
  cancel(taskId: string, settings?: CallSettings): Promise<Task>;

  /** Starts a failed or cancelled task again. @throws ConceptError TASK_NOT_FOUND, INVALID_TRANSITION */
  retry(taskId: string, settings?: CallSettings): Promise<Task>;
}

export function tasksResource(dependencies: ClientDependencies): TasksResource {
  const { store } = dependencies;
  const scope = dependencies.onlyUserId;

  const record = async (prepared: readonly PreparedSubmission[], signal?: AbortSignal): Promise<readonly Task[]> => {
    await storeUploads(prepared, dependencies, signal);
    const outcomes = await store.tasks.submitMany(
      prepared.map(({ task }) => task),
      { signal },
    );
    await announce(outcomes.filter(({ created }) => created).map(({ task }) => task));
    return outcomes.map(({ task }) => task);
  };

  // A task that cannot be announced is not lost: its row is the outbox and workers relay unpublished rows.
  const announce = (tasks: readonly Task[]): Promise<void> =>
    dependencies.queue
      .publish(tasks.map(({ id, userId, type, input }) => ({ taskId: id, userId, type, input })))
      .catch(() => undefined);

  const found = async (taskId: string, signal?: AbortSignal): Promise<Task> => {
    const task = await store.tasks.get(taskId, { userId: scope, signal });
    if (task) return task;
    throw taskNotFound(taskId);
  };

  return {
    submit: <T extends TaskType>(submission: SubmissionOf<T>, settings?: CallSettings) =>
      withCallSettings(settings, async (signal) => {
        const { prepareSubmission } = await loadPreparation();
        const prepared = await prepareSubmission(submission as Submission, dependencies);
        const [task] = await record([prepared], signal);
        return task as Task<T>;
      }),

    submitMany: (submissions, settings) =>
      withCallSettings(settings, async (signal) => {
        const { prepareSubmission } = await loadPreparation();
        const prepared: PreparedSubmission[] = [];
        for (const submission of submissions) prepared.push(await prepareSubmission(submission, dependencies));
        const tasks: Task[] = [];
        for (let start = 0; start < prepared.length; start += SUBMIT_CHUNK) {
          tasks.push(...(await record(prepared.slice(start, start + SUBMIT_CHUNK), signal)));
        }
        return tasks;
      }),

    get: (taskId, settings) => withCallSettings(settings, (signal) => found(taskId, signal)),
    list: (query = {}, settings) =>
      withCallSettings(settings, (signal) =>
        store.tasks.list({ ...query, ...(scope && { userId: scope }) }, { signal }),
      ),
    counts: (settings) => withCallSettings(settings, (signal) => store.tasks.counts({}, { signal })),
    wait: <T extends TaskType>(task: Task<T> | string, settings?: CallSettings) =>
      waitForTask<T>(typeof task === 'string' ? task : task.id, { store, userId: scope }, settings),
    watch: (taskId, settings) => watchTask(taskId, { store, userId: scope }, settings),
    cancel: (taskId, settings) =>
      withCallSettings(settings, (signal) => store.tasks.cancel(taskId, { userId: scope, signal })),
    retry: (taskId, settings) =>
      withCallSettings(settings, async (signal) => {
        const task = await store.tasks.retry(taskId, { userId: scope, signal });
        await announce([task]);
        return task;
      }),
  };
}

/** Loaded by the first submission: reading commands never need hashing and schemas. */
function loadPreparation() {
  return import('./prepare-submission.ts');
}

/**
 * Uploads go first: a recorded task must never name a missing blob. They are addressed by content and may be shared, so they are
 * left in place when the records fail.
 */
async function storeUploads(
  prepared: readonly PreparedSubmission[],
  { blobs }: ClientDependencies,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const { upload } of prepared) {
    if (upload) await blobs.put(upload.path, upload.bytes, { signal });
  }
}
