import type { ConceptStore } from './concept-store.ts';
import type { CreditLedger } from './credit-ledger.ts';
import type { EventLog } from './event-log.ts';
import type { TaskLeases } from './task-leases.ts';
import type { TaskStore } from './task-store.ts';
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
  /** Frees the connection. Idempotent. */
  close(): Promise<void>;
}

/** What an adapter can and cannot do; contract suites skip by these and by nothing else. */
export interface StoreFlags {
  /** Records survive the process. */
  readonly durable: boolean;
  /** Several processes may use the same store at once. */
  readonly shared: boolean;
}

/** Credits charged per task; absent means credits are off. */
export interface CreditCosts {
  readonly generation: number;
  readonly refinement: number;
  readonly coloring: number;
  readonly rendition: number;
}
