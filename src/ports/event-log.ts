import type { TaskEvent } from '../core/event.ts';
import type { CallOptions } from './task-store.ts';

/** Reading side of the event log; events are written by the store together with what they tell of. */
export interface EventLog {
  /** Events of one task with `seq` above `afterSeq`, in order, at most `limit` (default 1,000). */
  list(
    query: { readonly taskId: string; readonly afterSeq?: number; readonly limit?: number },
    options?: CallOptions,
  ): Promise<readonly TaskEvent[]>;

  /**
   * Resolves when any task may have news, in this or another process, and at the latest after `timeoutMs`. May resolve
   * for nothing; news between two calls is never missed. Resolves at once when the signal aborts.
   */
  news(timeoutMs: number, options?: CallOptions): Promise<void>;
}
