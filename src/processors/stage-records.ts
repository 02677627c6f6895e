import { throwIfAborted } from '../core/abort.ts';
import { toConceptError } from '../core/errors.ts';
import type { NewTaskEvent } from '../core/event.ts';
import type { Lease, TaskProgress } from '../core/task.ts';
import type { TaskLeases } from '../ports/task-leases.ts';

export interface StageRecords {
  /** Aborts with LEASE_LOST once the store has refused a write of this attempt. */
  readonly lost: AbortSignal;
  /** Has an event written without waiting for it. */
  event(event: NewTaskEvent, progress?: TaskProgress): void;
  /** Has the progress written without waiting for it. */
  progress(progress: TaskProgress): void;
  /** Begins any other write without waiting for it. @throws LEASE_LOST at once when an earlier write was refused. */
  begin(work: () => Promise<void>): void;
  /** Makes a write that is waited for. @throws LEASE_LOST at once when an earlier write was refused. */
  write<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when everything is written. @throws LEASE_LOST when a write was refused. */
  settled(): Promise<void>;
}

/**
 * What an attempt tells the store as it goes. Whatever comes in the same turn of the event loop goes out in one call; the store
 * keeps the calls in order. A record that cannot be written is not worth failing work that succeeds, unless it was refused: then the
 * task is no longer ours.
 */
export function createStageRecords(lease: Lease, leases: TaskLeases): StageRecords {
  const refusal = new AbortController();
  const underWay = new Set<Promise<void>>();
  let events: NewTaskEvent[] = [];
  let progress: TaskProgress | undefined;
  let scheduled: NodeJS.Immediate | undefined;

  const notice = (thrown: unknown): void => {
    const error = toConceptError(thrown);
    if (error.code === 'LEASE_LOST') refusal.abort(error);
  };

  const begin = (work: () => Promise<void>): void => {
    throwIfAborted(refusal.signal);
    const writing: Promise<void> = work()
      .catch(notice)
      .finally(() => underWay.delete(writing));
    underWay.add(writing);
  };

  const flush = (): void => {
    clearImmediate(scheduled);
    scheduled = undefined;
    if (refusal.signal.aborted || (events.length === 0 && progress === undefined)) return;
    const request = { lease, events, ...(progress && { progress }) };
    events = [];
    progress = undefined;
    begin(() => leases.record(request));
  };

  const add = (event: NewTaskEvent | undefined, newest: TaskProgress | undefined): void => {
    if (event) events.push(event);
    progress = newest ?? progress;
    scheduled ??= setImmediate(flush);
  };

  return {
    lost: refusal.signal,
    event: (event, newest) => add(event, newest),
    progress: (newest) => add(undefined, newest),
    begin,
    async write(work) {
      throwIfAborted(refusal.signal);
      try {
        return await work();
      } catch (thrown) {
        notice(thrown);
        throw thrown;
      }
    },
    async settled() {
      flush();
      await Promise.all(underWay);
      throwIfAborted(refusal.signal);
    },
  };
}
