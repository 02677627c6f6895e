import type { ErrorCode } from '../core/errors.ts';
import type { TaskStatus, TaskType } from '../core/task.ts';
import type { CallOptions } from './task-store.ts';

/** Which tasks to change: those that fit every field that is given. */
export interface TaskSelection {
  readonly userId?: string | undefined;
  readonly batchId?: string | undefined;
  readonly type?: TaskType | undefined;
  readonly status?: TaskStatus | undefined;
  readonly errorCode?: ErrorCode | undefined;
  /** At most so many in one call, 1 to 1,000: one transaction, short enough for others to get their turn. */
  readonly limit: number;
}

/** Changes to many tasks, oldest first. Call again until nothing is changed. */
export interface BulkChanges {
  /** Cancels pending and processing tasks, like `TaskStore.cancel`. @returns the ids of those cancelled. */
  cancel(selection: TaskSelection, options?: CallOptions): Promise<readonly string[]>;

  /**
   * Puts failed and cancelled tasks back in line, like `TaskStore.retry`. Those that failed with PROVIDER_OUTCOME_UNKNOWN may have
   * been paid for and would be paid for again: they are left alone unless `errorCode` names it. @returns the ids of those put back.
   * @throws INSUFFICIENT_CREDITS when a hold cannot be made; then none of this call's are put back.
   */
  retry(selection: TaskSelection, options?: CallOptions): Promise<readonly string[]>;
}
