import type { Clock } from '../../ports/clock.ts';
import type { CreditCosts, Store } from '../../ports/store.ts';
import type { TaskQueue } from '../../ports/task-queue.ts';
import { sqliteBatchStore } from './sqlite/batch-store.ts';
import { sqliteBulkChanges } from './sqlite/bulk-changes.ts';
import { sqliteConceptStore } from './sqlite/concept-store.ts';
import { sqliteCreditLedger } from './sqlite/credit-ledger.ts';
import { diagnose } from './sqlite/diagnose.ts';
import { sqliteEventLog } from './sqlite/event-log.ts';
import type { StatFileSystem } from './sqlite/file-system.ts';
import { type Durability, openDatabase } from './sqlite/open-database.ts';
import { sqliteOutbox } from './sqlite/outbox.ts';
import { sqliteResultStore } from './sqlite/result-store.ts';
import { sqliteRetention } from './sqlite/retention.ts';
import { createSession, type Session } from './sqlite/session.ts';
import { sqliteTaskLeases } from './sqlite/task-leases.ts';
import { sqliteTaskQueue } from './sqlite/task-queue.ts';
import { sqliteTaskStore } from './sqlite/task-store.ts';
import { sqliteWorkerRegistry } from './sqlite/worker-registry.ts';

export interface SqliteOptions {
  /** Path of the database file; three small files that processes signal each other by, and SQLite's own, lie beside it. */
  readonly file: string;
  readonly clock: Clock;
  /** Credits per task; left out, credits are off. */
  readonly credits?: CreditCosts | undefined;
  /** Default `full`: what was accepted survives a power cut. `normal` is faster and may lose the last moments to one. */
  readonly durability?: Durability | undefined;
  /** Default true. */
  readonly createIfMissing?: boolean | undefined;
  /** How long a call waits while another process holds the lock, default 15,000 ms; then it fails with STORE_UNAVAILABLE. */
  readonly maxLockWaitMs?: number | undefined;
  /** Tells the type of a file system, network ones are refused; default: the operating system's answer. */
  readonly statFileSystem?: StatFileSystem | undefined;
}

/** A store and the queue over the same file; several processes may open it at once. */
export interface SqliteBackend {
  readonly store: Store;
  readonly queue: TaskQueue;
}

/**
 * Opens, creates and migrates a database file.
 * @throws ConceptError STORE_CORRUPT (not a database of ours, or damaged), STORE_TOO_NEW, STORE_UNAVAILABLE (cannot be
 *   opened, stays locked, or is on a network file system), STORAGE_READ_ONLY, STORAGE_FULL.
 */
export async function openSqlite(options: SqliteOptions): Promise<SqliteBackend> {
  const {
    file,
    clock,
    credits: costs,
    durability = 'full',
    createIfMissing = true,
    maxLockWaitMs,
    statFileSystem,
  } = options;
  const { connection, driver } = await openDatabase({
    file,
    durability,
    createIfMissing,
    maxLockWaitMs,
    statFileSystem,
  });
  const session = createSession(connection, { file, clock, costs, durability, maxLockWaitMs });
  return { store: storeOver(session, driver), queue: sqliteTaskQueue(session) };
}

/** The store of {@link openSqlite} alone. */
export async function openSqliteStore(options: SqliteOptions): Promise<Store> {
  return (await openSqlite(options)).store;
}

function storeOver(session: Session, driver: string): Store {
  return {
    name: 'sqlite',
    flags: { durable: true, shared: true, leaseClock: 'monotonic', remote: false, uncheckedInputs: false },
    tasks: sqliteTaskStore(session),
    leases: sqliteTaskLeases(session),
    workers: sqliteWorkerRegistry(session),
    events: sqliteEventLog(session),
    concepts: sqliteConceptStore(session),
    credits: sqliteCreditLedger(session),
    batches: sqliteBatchStore(session),
    bulk: sqliteBulkChanges(session),
    results: sqliteResultStore(session),
    retention: sqliteRetention(session),
    outbox: sqliteOutbox(session),
    diagnose: (options) => diagnose(session, driver, options),
    close: () => session.close(),
  };
}
