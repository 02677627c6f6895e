import { throwIfAborted } from '../../../core/abort.ts';
import type { Concept } from '../../../core/concept.ts';
import type { TaskEvent } from '../../../core/event.ts';
import type { Task } from '../../../core/task.ts';
import type { Batch } from '../../../ports/batch-store.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { CreditBalance } from '../../../ports/credit-ledger.ts';
import type { CreditCosts } from '../../../ports/store.ts';
import type { Checkpoint, DataResult } from '../../../ports/task-leases.ts';
import type { CallOptions } from '../../../ports/task-store.ts';
import type { WorkerRegistration } from '../../../ports/worker-registry.ts';
import { createNews, type News } from './news.ts';

export interface TaskRow {
  readonly task: Task;
  readonly inputHash: string;
  /** Order of submission: tells tasks of one millisecond apart. */
  readonly order: number;
  /** Place in the line of its priority, see `takeTurn`; kept until its owner retries it. */
  readonly turn: number;
  /** What the last claim said it would use. */
  readonly provider: string | undefined;
  /** Claimed to be held until a slot is free, and nothing has been recorded about it since. */
  readonly ahead: boolean;
  readonly pinned: boolean;
}

export interface ConceptRow {
  readonly concept: Concept;
  readonly order: number;
}

export interface WorkerRow {
  readonly registration: WorkerRegistration;
  readonly startedAt: string;
  readonly expiresAtMonotonicMs: number;
  /** Retired, or found expired by a sweep: nothing revives it. */
  readonly dead: boolean;
}

/** The store's tables. Rows are never changed, only replaced through {@link write}, so that a change can be undone. */
export interface MemoryState {
  readonly clock: Clock;
  readonly costs: CreditCosts | undefined;
  readonly news: News;
  readonly tasks: Map<string, TaskRow>;
  /** Task id by user and idempotency key. */
  readonly idempotency: Map<string, string>;
  readonly events: Map<string, readonly TaskEvent[]>;
  readonly checkpoints: Map<string, readonly Checkpoint[]>;
  readonly concepts: Map<string, ConceptRow>;
  /** Results that are no concepts, by task id. */
  readonly results: Map<string, DataResult>;
  readonly batches: Map<string, Batch>;
  /** The last turn given to a user, by user and priority. */
  readonly turnsGiven: Map<string, number>;
  /** The highest turn claimed, by priority. */
  readonly turnsServed: Map<number, number>;
  readonly workers: Map<string, WorkerRow>;
  readonly balances: Map<string, CreditBalance>;
  /** Credits held by task id. */
  readonly holds: Map<string, number>;
  readonly grants: Map<string, number>;
  /** A number above all that it gave before. */
  readonly nextOrder: () => number;
  /** How to undo the running transaction, newest last. */
  readonly journal: (() => void)[];
}

export function createState(clock: Clock, costs: CreditCosts | undefined): MemoryState {
  let order = 0;
  return {
    clock,
    costs,
    news: createNews(),
    tasks: new Map(),
    idempotency: new Map(),
    events: new Map(),
    checkpoints: new Map(),
    concepts: new Map(),
    results: new Map(),
    batches: new Map(),
    turnsGiven: new Map(),
    turnsServed: new Map(),
    workers: new Map(),
    balances: new Map(),
    holds: new Map(),
    grants: new Map(),
    nextOrder: () => (order += 1),
    journal: [],
  };
}

/** Runs synchronous work as one transaction: nothing interleaves, and when it throws every write is undone. */
export async function transact<T>(state: MemoryState, options: CallOptions | undefined, work: () => T): Promise<T> {
  throwIfAborted(options?.signal);
  state.journal.length = 0;
  try {
    const result = work();
    if (state.journal.length > 0) state.news.announce();
    return result;
  } catch (thrown) {
    for (const undo of state.journal.toReversed()) undo();
    throw thrown;
  }
}

/** Puts a row, or removes it when it is undefined, within the running transaction. */
export function write<Key, Row>(state: MemoryState, table: Map<Key, Row>, key: Key, row: Row | undefined): void {
  const before = table.get(key);
  state.journal.push(() => set(table, key, before));
  set(table, key, row);
}

function set<Key, Row>(table: Map<Key, Row>, key: Key, row: Row | undefined): void {
  if (row === undefined) table.delete(key);
  else table.set(key, row);
}

/** A copy as a database would give it back: what is not JSON is gone. */
export function jsonCopy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value) ?? 'null') as T;
}

/** The store's time as ISO 8601. */
export function timestamp(state: MemoryState): string {
  return new Date(state.clock.now()).toISOString();
}
