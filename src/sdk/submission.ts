import type { TaskInputDrafts } from '../core/task-input.ts';
import type { TaskType } from '../core/task.ts';

/** An image as a caller names it. Bytes are checked and stored by the client before the task is recorded. */
export type ImageArgument =
  | { readonly bytes: Uint8Array }
  /** A public https URL; fetched by the worker. */
  | { readonly url: string }
  | { readonly conceptId: string };

/** Settings that every task type takes. */
export interface SubmitSettings {
  /** Owner of the task, default the client's user. Letters, digits, `_`, `-`. */
  readonly userId?: string | undefined;
  /** The same key for the same user gives the same task; a different input under it is IDEMPOTENCY_CONFLICT. */
  readonly idempotencyKey?: string | undefined;
  /** Higher runs sooner, -100 to 100, default 0. */
  readonly priority?: number | undefined;
  /** ISO 8601: not before this time. */
  readonly runAt?: string | undefined;
  /** 1 to 20; default: the settings `maxAttempts…`, 3 unless they say otherwise. */
  readonly maxAttempts?: number | undefined;
}

type WithImageArguments<Draft> = {
  [Field in keyof Draft]: Field extends 'image' | 'original' | 'source'
    ? ImageArgument | (undefined extends Draft[Field] ? undefined : never)
    : Draft[Field];
};

/** What {@link TasksResource.submit} takes for one task type. */
export type SubmissionOf<T extends TaskType> = { readonly type: T } & WithImageArguments<TaskInputDrafts[T]> &
  SubmitSettings;

/** What {@link TasksResource.submit} takes: `type` decides the rest. */
export type Submission = { [T in TaskType]: SubmissionOf<T> }[TaskType];
