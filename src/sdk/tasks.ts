import type { TaskEvent } from '../core/event.ts';
import type { Task, TaskType } from '../core/task.ts';
import type { TaskCounts, TaskPage, TaskQuery } from '../ports/task-store.ts';
import { type CallSettings, withCallSettings } from './call-options.ts';
import type { ClientDependencies } from './client-dependencies.ts';
import type { RetryReport } from './batches.ts';
import { changeInBulk, type SelectionOf } from './change-in-bulk.ts';
import { countLeft } from './count-left.ts';
import type { Rows } from './chunks.ts';
import { taskNotFound } from './not-found.ts';
import { announce, announceAgain, loadPreparation, recordSubmissions } from './record-submissions.ts';
import type { Submission, SubmissionOf } from './submission.ts';
import { waitForTask, type TaskOutcome } from './wait.ts';
import { watchTask } from './watch.ts';

export interface TasksResource {
  /**
   * Records a task and tells the workers. Once it resolves the task is durable; answer `202 Accepted` with its id.
   * @throws ConceptError INVALID_INPUT naming the field, IMAGE_*, CONCEPT_NOT_FOUND, IDEMPOTENCY_CONFLICT, INSUFFICIENT_CREDITS.
   */
  submit<T extends TaskType>(submission: SubmissionOf<T>, settings?: CallSettings): Promise<Task<T>>;

  /** Checks a submission as {@link submit} would, without recording anything; keys and credits show at submit only. */
  check(submission: Submission, settings?: CallSettings): Promise<CheckedSubmission>;

  /**
   * Like {@link submit} for each, in order, in chunks of 500. An array is checked whole before the first is recorded, a stream
   * chunk by chunk. For very many, `batches.submit` holds less of each in memory.
   */
  submitMany(submissions: Rows<Submission>, settings?: CallSettings): Promise<readonly Task[]>;

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

  /**
   * Starts failed tasks again, oldest first: those that fit every field that is given, at most `most` (default all). Their errors
   * stay to be read until an attempt says otherwise. Those with PROVIDER_OUTCOME_UNKNOWN may be paid for twice: they are left, and
   * counted, unless `errorCode` names it. @throws ConceptError INSUFFICIENT_CREDITS
   */
  redrive(selection?: RedriveSelection, settings?: CallSettings): Promise<RetryReport>;
}

export interface CheckedSubmission {
  /** Equal for equal inputs: under one idempotency key only these go together. */
  readonly inputHash: string;
}

/** Which failed tasks. */
export interface RedriveSelection extends Pick<SelectionOf, 'userId' | 'batchId' | 'type' | 'errorCode'> {
  readonly most?: number | undefined;
}

export function tasksResource(dependencies: ClientDependencies): TasksResource {
  const { store } = dependencies;
  const scope = dependencies.onlyUserId;

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
        const [outcome] = await recordSubmissions([prepared], dependencies, signal);
        return outcome!.task as Task<T>;
      }),

    check: (submission, settings) =>
      withCallSettings(settings, async () => {
        const { prepareSubmission } = await loadPreparation();
        const { task } = await prepareSubmission(submission, dependencies);
        return { inputHash: task.inputHash };
      }),

    submitMany: (submissions, settings) =>
      withCallSettings(settings, async (signal) => {
        const { submitMany } = await import('./submit-many.ts');
        return submitMany(submissions, dependencies, signal);
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
        await announce([task], dependencies);
        return task;
      }),
    redrive: ({ most, ...selection } = {}, settings) =>
      withCallSettings(settings, async (signal) => {
        const narrowed = { ...selection, ...(scope && { userId: scope }) };
        const redrive = async (limit: number): Promise<readonly string[]> => {
          const ids = await store.bulk.retry({ ...narrowed, status: 'failed', limit }, { signal });
          await announceAgain(ids, dependencies);
          return ids;
        };
        const changed = await changeInBulk(redrive, { ...(most !== undefined && { most }), signal });
        return { changed, left: await countLeft(store, narrowed, { signal }) };
      }),
  };
}
