import type { ConceptError } from '../core/errors.ts';
import type { Store } from '../ports/store.ts';

/** Whether a call failed for want of an answer: nobody can do anything about it but wait, or end as this worker does. */
export function isAway({ code, retryable }: ConceptError): boolean {
  return retryable || code === 'ABORTED';
}

/** The same store, whose calls by a worker end with the signal: nobody who stops waits for a store that is away. */
export function endingStore(store: Store, signal: AbortSignal): Store {
  const { tasks, leases, workers, outbox } = store;
  const call = { signal };
  return {
    ...store,
    tasks: {
      ...tasks,
      get: (id, options = call) => tasks.get(id, options),
      counts: (query, options = call) => tasks.counts(query, options),
    },
    leases: {
      claim: (request, options = call) => leases.claim(request, options),
      record: (request, options = call) => leases.record(request, options),
      checkpoint: (request, options = call) => leases.checkpoint(request, options),
      complete: (request, options = call) => leases.complete(request, options),
      fail: (request, options = call) => leases.fail(request, options),
      release: (lease, options = call) => leases.release(lease, options),
      sweep: (options = call) => leases.sweep(options),
    },
    workers: {
      ...workers,
      register: (worker, leaseMs, options = call) => workers.register(worker, leaseMs, options),
      heartbeat: (request, options = call) => workers.heartbeat(request, options),
      retire: (workerId, options = call) => workers.retire(workerId, options),
    },
    outbox: {
      ...outbox,
      take: (request, options = call) => outbox.take(request, options),
      giveBack: (taskIds, options = call) => outbox.giveBack(taskIds, options),
      refuse: (request, options = call) => outbox.refuse(request, options),
    },
  };
}
