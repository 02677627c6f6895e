import { abortError } from '../../../core/abort.ts';
import { ConceptError } from '../../../core/errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { CreditCosts } from '../../../ports/store.ts';
import type { CallOptions } from '../../../ports/task-store.ts';
import type { Connection } from './connection.ts';
import { createDoorbell, type Doorbell } from './doorbell.ts';
import type { BellName, Effects } from './effects.ts';
import type { Durability } from './open-database.ts';
import { retryBusy } from './retry-busy.ts';
import type { TogetherHandler } from './joint-write.ts';
import type { KnownKinds } from './task-kinds.ts';
import { createWantSign } from './want-sign.ts';
import { createWriteQueue, type WriteManner } from './write-queue.ts';

/** An open database as the ports' implementations see it. */
export interface Session extends Pick<Connection, 'one' | 'all' | 'rows' | 'run'> {
  readonly file: string;
  readonly durability: Durability;
  readonly clock: Clock;
  readonly costs: CreditCosts | undefined;
  readonly bells: Readonly<Record<BellName, Doorbell>>;
  /** What the running write gathers. */
  readonly effects: Effects;
  readonly kinds: KnownKinds;
  /** Synchronous reads that belong together: one snapshot. */
  read<T>(options: CallOptions | undefined, work: () => T): Promise<T>;
  /** Synchronous work in a transaction; bells marked within ring after its commit. It may run again when the transaction is undone. */
  write<T>(options: CallOptions | undefined, work: () => T): Promise<T>;
  /** A worker's step: like {@link write}, but leaves the lock to other processes first. */
  step<T>(options: CallOptions | undefined, work: () => T): Promise<T>;
  /** A {@link step} for one item, run together with others of the same handler that were asked for in a row. */
  stepTogether<Item, T>(handler: TogetherHandler<Item, T>, item: Item, options?: CallOptions): Promise<T>;
  /** A step that a power cut may undo: repeating or losing it does no harm, so it waits for no disk. */
  stepHint<T>(options: CallOptions | undefined, work: () => T): Promise<T>;
  /** Computes something once for the running write. */
  once<T>(key: string, compute: () => T): T;
  /** Whether others wait for the lock: then it is to be held for short. */
  isWanted(): boolean;
  /** Marks a bell to ring when the running write has been committed. */
  mark(bell: BellName): void;
  close(): Promise<void>;
}

export interface SessionOptions {
  readonly file: string;
  readonly clock: Clock;
  readonly costs: CreditCosts | undefined;
  readonly durability: Durability;
  /** How long a call waits for the lock, default `MAX_LOCK_WAIT_MS`. */
  readonly maxLockWaitMs?: number | undefined;
}

const WRITE: WriteManner = { durability: 'full', patient: false };
const STEP: WriteManner = { durability: 'full', patient: true };
const STEP_HINT: WriteManner = { durability: 'normal', patient: true };

export function createSession(connection: Connection, options: SessionOptions): Session {
  const { file, clock, costs, durability, maxLockWaitMs: maxWaitMs } = options;
  const dataVersion = (): number => connection.one<{ data_version: number }>('PRAGMA data_version')!.data_version;
  const bells = openBells(file, dataVersion);
  let closed = false;
  let hasWritten = false;
  const onCommit = (effects: Effects): void => {
    hasWritten = true;
    for (const bell of effects.bells) bells[bell].ring();
  };
  const want = createWantSign(`${file}.want`);
  const writes = createWriteQueue({ file, connection, durability, dataVersion, want, onCommit, maxWaitMs });
  const assertOpen = (): void => {
    if (closed) throw storeClosed(file);
  };
  const writer =
    (manner: WriteManner) =>
    async <T>(call: CallOptions | undefined, work: () => T): Promise<T> => {
      assertOpen();
      return writes.add(manner, call, work);
    };

  return {
    one: connection.one,
    all: connection.all,
    rows: connection.rows,
    run: connection.run,
    file,
    durability,
    clock,
    costs,
    bells,
    kinds: new Map(),
    get effects() {
      return writes.effects;
    },
    read: (call, work) =>
      retryBusy({ file, signal: call?.signal, maxWaitMs }, () => {
        assertOpen();
        return connection.transaction('DEFERRED', work);
      }),
    write: writer(WRITE),
    step: writer(STEP),
    stepTogether: (handler, item, call) => {
      if (closed) return Promise.reject(storeClosed(file));
      if (call?.signal?.aborted) return Promise.reject(abortError(call.signal));
      return writes.join(STEP, handler, item);
    },
    stepHint: writer(STEP_HINT),
    once: (key, compute) => computeOnce(writes.effects.remembered, key, compute),
    isWanted: writes.isWanted,
    mark: (bell) => writes.effects.bells.add(bell),
    close: async () => {
      if (closed) return;
      closed = true;
      await writes.drained();
      for (const part of [bells.work, bells.done, want]) part.close();
      closeAfter(hasWritten, connection);
    },
  };
}

function openBells(file: string, dataVersion: () => number): Session['bells'] {
  return {
    work: createDoorbell({ file: `${file}.bell-work`, dataVersion }),
    done: createDoorbell({ file: `${file}.bell-done`, dataVersion }),
  };
}

function closeAfter(hasWritten: boolean, connection: Connection): void {
  if (hasWritten) emptyLog(connection);
  connection.close();
}

function computeOnce<T>(remembered: Map<string, unknown>, key: string, compute: () => T): T {
  if (!remembered.has(key)) remembered.set(key, compute());
  return remembered.get(key) as T;
}

/**
 * A driver that cannot finalize its statements leaves SQLite's own checkpoint at close undone: the main file would stay
 * behind its log, and a copy of it would miss what was written last. This waits for nobody and may do nothing.
 */
function emptyLog(connection: Connection): void {
  try {
    connection.exec('PRAGMA wal_checkpoint(PASSIVE)');
  } catch {
    // The log is whole: the next opening reads it.
  }
}

function storeClosed(file: string): ConceptError {
  return new ConceptError('STORE_UNAVAILABLE', `the store on ${file} is closed`, {
    retryable: false,
    hint: 'open it again',
  });
}
