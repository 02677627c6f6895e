import type { DataResult } from './task-leases.ts';
import type { CallOptions } from './task-store.ts';

/** Reading side of results that are no concepts; they are written by `TaskLeases.complete`. */
export interface ResultStore {
  /** Undefined when the task left none. @throws STORE_CORRUPT when what is stored is damaged. */
  get(taskId: string, options?: CallOptions): Promise<DataResult | undefined>;
}
