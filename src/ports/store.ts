import type { BatchStore } from './batch-store.ts';
import type { BulkChanges } from './bulk-changes.ts';
import type { ConceptStore } from './concept-store.ts';
import type { CreditLedger } from './credit-ledger.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { EventLog } from './event-log.ts';
import type { Outbox } from './outbox.ts';
import type { ResultStore } from './result-store.ts';
import type { Retention } from './retention.ts';
import type { TaskLeases } from './task-leases.ts';
import type { CallOptions, TaskStore } from './task-store.ts';
import type { WorkerRegistry } from './worker-registry.ts';

/** The record-keeping ports of one database: they share transactions, so one adapter provides them together. */
export interface Store {
  /** Adapter name, for messages and `doctor`. */
  readonly name: string;
  readonly flags: StoreFlags;
  readonly tasks: TaskStore;
  readonly leases: TaskLeases;
  readonly workers: WorkerRegistry;
  readonly events: EventLog;
  readonly concepts: ConceptStore;
  readonly credits: CreditLedger;
  readonly batches: BatchStore;
  readonly bulk: BulkChanges;
  readonly results: ResultStore;
  readonly retention: Retention;
  readonly outbox: Outbox;
  /** Looks at itself, for `concept doctor`; takes as long as reading the whole store. */
  diagnose(options?: CallOptions): Promise<Diagnosis>;
  /** Frees the connection. Idempotent. */
  close(): Promise<void>;
}

/** What an adapter can and cannot do; contract suites skip by these and by nothing else. */
export interface StoreFlags {
  /** Records survive the process. */
  readonly durable: boolean;
  /** Several processes may use the same store at once. */
  readonly shared: boolean;
  /** What leases end by: `wall` is moved by whoever sets the clock. */
  readonly leaseClock: 'monotonic' | 'wall';
  /** Each call is a round trip over a network: who only looks, looks seldom. */
  readonly remote: boolean;
  /** Users may submit past this package: an input is to be checked before it is processed. */
  readonly uncheckedInputs: boolean;
}

/** Credits charged per task; absent means credits are off. */
export interface CreditCosts {
  readonly generation: number;
  readonly refinement: number;
  readonly coloring: number;
  readonly rendition: number;
}
