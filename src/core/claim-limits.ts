import type { TaskType } from './task.ts';

/** How many tasks may be processing at once, over all workers of a store. What is left out is not limited. */
export interface ClaimLimits {
  readonly total?: number | undefined;
  readonly perType?: Readonly<Partial<Record<TaskType, number | undefined>>> | undefined;
  /** Of any one user. */
  readonly perUser?: number | undefined;
  /** Of workers that use the same image provider. */
  readonly perProvider?: number | undefined;
}
