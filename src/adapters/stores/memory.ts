import type { Clock } from '../../ports/clock.ts';
import type { CreditCosts, Store } from '../../ports/store.ts';
import { systemClock } from '../system-clock.ts';
import { memoryBatchStore } from './memory/batch-store.ts';
import { memoryBulkChanges } from './memory/bulk-changes.ts';
import { memoryConceptStore } from './memory/concept-store.ts';
import { memoryCreditLedger } from './memory/credit-ledger.ts';
import { memoryEventLog } from './memory/event-log.ts';
import { memoryOutbox } from './memory/outbox.ts';
import { memoryResultStore } from './memory/result-store.ts';
import { memoryRetention } from './memory/retention.ts';
import { createState, transact } from './memory/state.ts';
import { memoryTaskLeases } from './memory/task-leases.ts';
import { memoryTaskStore } from './memory/task-store.ts';
import { memoryWorkerRegistry } from './memory/worker-registry.ts';

const NAME = 'memory';

export interface MemoryStoreOptions {
  /** Default: the machine's clock. */
  readonly clock?: Clock | undefined;
  /** Credits per task; left out, credits are off. */
  readonly credits?: CreditCosts | undefined;
}

/**
 * A store in this process's memory, for tests and experiments: every promise of the ports in its plainest form.
 * Each call takes effect at once and as a whole; values are copied in and out as JSON, as a database would.
 */
export function memoryStore(options: MemoryStoreOptions = {}): Store {
  const state = createState(options.clock ?? systemClock, options.credits);
  return {
    name: NAME,
    flags: { durable: false, shared: false, leaseClock: 'monotonic', remote: false, uncheckedInputs: false },
    tasks: memoryTaskStore(state),
    leases: memoryTaskLeases(state),
    workers: memoryWorkerRegistry(state),
    events: memoryEventLog(state),
    concepts: memoryConceptStore(state),
    credits: memoryCreditLedger(state),
    batches: memoryBatchStore(state),
    bulk: memoryBulkChanges(state),
    results: memoryResultStore(state),
    retention: memoryRetention(state),
    outbox: memoryOutbox(state),
    diagnose: (callOptions) =>
      transact(state, callOptions, () => ({ facts: { store: NAME, tasks: state.tasks.size }, problems: [] })),
    async close() {
      state.news.close();
    },
  };
}
