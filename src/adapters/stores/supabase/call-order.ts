import type { Lease } from '../../../core/task.ts';

/** Calls travel side by side; these take effect in the order in which they were made. */
export interface CallOrder {
  /** A write about one task: after those about it that were begun before, and after the worker's {@link last}. */
  next<T>(lease: Lease, call: () => Promise<T>): Promise<T>;
  /** Ends a worker: after all that it began before, and before all that it begins later. */
  last<T>(workerId: string, call: () => Promise<T>): Promise<T>;
}

export function createCallOrder(): CallOrder {
  /** The newest call about a task. */
  const newest = new Map<string, Promise<unknown>>();
  const begun = new Map<string, Set<Promise<unknown>>>();
  const ended = new Map<string, Promise<unknown>>();

  return {
    next: ({ taskId, workerId }, call) => {
      const before = [newest.get(taskId), ended.get(workerId)].filter((promise) => promise !== undefined);
      const made = before.length === 0 ? call() : Promise.allSettled(before).then(call);
      const ofWorker = begun.get(workerId) ?? new Set();
      begun.set(workerId, ofWorker.add(made));
      newest.set(taskId, made);
      forgetWhenDone(made, () => {
        if (newest.get(taskId) === made) newest.delete(taskId);
        ofWorker.delete(made);
        if (ofWorker.size === 0) begun.delete(workerId);
      });
      return made;
    },
    last: (workerId, call) => {
      const before = begun.get(workerId) ?? new Set<Promise<unknown>>();
      const made = Promise.allSettled(before).then(call);
      ended.set(workerId, made);
      forgetWhenDone(made, () => ended.delete(workerId));
      return made;
    },
  };
}

/** The caller hears of a failure; this only has to know when it is over. */
function forgetWhenDone(made: Promise<unknown>, forget: () => void): void {
  made.then(forget, forget);
}
