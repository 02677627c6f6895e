import type { ErrorCode } from '../core/errors.ts';
import type { BatchStore } from './batch-store.ts';
import type { BulkChanges } from './bulk-changes.ts';
import type { ConceptStore } from './concept-store.ts';
import type { CreditLedger } from './credit-ledger.ts';
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
  diagnose(options?: CallOptions): Promise<StoreDiagnosis>;
  /** Frees the connection. Idempotent. */
  close(): Promise<void>;
}

export interface StoreDiagnosis {
  /** Name and value of what a reader may want to know, such as the version of the database. */
  readonly facts: Readonly<Record<string, string | number>>;
  readonly problems: readonly StoreProblem[];
}

/** What is wrong, and what to do about it. */
export interface StoreProblem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
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
