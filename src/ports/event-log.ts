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
   * for nothing, as a reader's first call does; news between two calls of one `reader` is never missed. A reader is any
   * object, the same one at each of its calls; callers that give none count as one reader together. Resolves at once when
   * the signal aborts.
   */
  news(timeoutMs: number, options?: CallOptions & { readonly reader?: object | undefined }): Promise<void>;
}
