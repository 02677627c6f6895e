import { throwIfAborted } from '../core/abort.ts';
import { toConceptError } from '../core/errors.ts';
import type { NewTaskEvent } from '../core/event.ts';
import type { Lease, TaskProgress } from '../core/task.ts';
import type { TaskLeases } from '../ports/task-leases.ts';

/**
 * A record may wait so long for others to go out with. Stages of a few milliseconds then cost no transaction each, and nobody who
 * watches sees the difference.
 */
export const JOIN_MS = 25;

export interface StageRecords {
  /** Aborts with LEASE_LOST once the store has refused a write of this attempt. */
  readonly lost: AbortSignal;
  /** Has an event written without waiting for it. */
  event(event: NewTaskEvent, progress?: TaskProgress): void;
  /** Has the progress written without waiting for it. */
  progress(progress: TaskProgress): void;
  /** Has a checkpoint of what may repeat written without waiting for it. @throws LEASE_LOST at once when an earlier write was refused. */
  checkpoint(stage: string, data: unknown): void;
  /** Makes a write that is waited for, after all that waits. @throws LEASE_LOST at once when an earlier write was refused. */
  write<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when everything is written. @throws LEASE_LOST when a write was refused. */
  settled(): Promise<void>;
  /**
   * The attempt has its result: what a later one would begin with needs no writing any more. The events are on their way when this
   * returns, ahead of a completion that is called next. @returns what resolves when they are written or given up.
   * @throws LEASE_LOST when a write was refused.
   */
  finish(): Promise<void>;
}

/**
 * What an attempt tells the store as it goes. Whatever comes within {@link JOIN_MS} goes out together, or with the next write that
 * is waited for; the store keeps the calls in order. A record that cannot be written is not worth failing work that succeeds,
 * unless it was refused: then the task is no longer ours.
 */
export function createStageRecords(lease: Lease, leases: TaskLeases): StageRecords {
  const refusal = new AbortController();
  const underWay = new Set<Promise<void>>();
  const checkpoints = new Map<string, unknown>();
  let events: NewTaskEvent[] = [];
  let progress: TaskProgress | undefined;
  let scheduled: NodeJS.Timeout | undefined;
  // One after the other, and none after one that failed: what a stage made of an output that a retry would not find must not
  // be found either.
  let written = Promise.resolve();

  const notice = (thrown: unknown): void => {
    const error = toConceptError(thrown);
    if (error.code === 'LEASE_LOST') refusal.abort(error);
  };

  const begin = (work: Promise<void>): void => {
    const writing: Promise<void> = work.catch(notice).finally(() => underWay.delete(writing));
    underWay.add(writing);
  };

  const flush = (): void => {
    clearTimeout(scheduled);
    scheduled = undefined;
    if (refusal.signal.aborted) return;
    if (events.length > 0 || progress !== undefined)
      begin(leases.record({ lease, events, ...(progress && { progress }) }));
    events = [];
    progress = undefined;
    for (const [stage, data] of checkpoints) {
      const request = { lease, checkpoint: { stage, data }, mayRepeat: true };
      begin((written = written.then(() => leases.checkpoint(request))));
    }
    checkpoints.clear();
  };

  const schedule = (): void => void (scheduled ??= setTimeout(flush, JOIN_MS));

  return {
    lost: refusal.signal,
    event(event, newest) {
      events.push(event);
      progress = newest ?? progress;
      schedule();
    },
    progress(newest) {
      progress = newest;
      schedule();
    },
    checkpoint(stage, data) {
      throwIfAborted(refusal.signal);
      // What is replaced before it was written comes last, as in the store.
      checkpoints.delete(stage);
      checkpoints.set(stage, data);
      schedule();
    },
    async write(work) {
      throwIfAborted(refusal.signal);
      flush();
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
    finish() {
      throwIfAborted(refusal.signal);
      checkpoints.clear();
      flush();
      return Promise.all(underWay).then(() => undefined);
    },
  };
}
