import { ConceptError } from '../../../core/errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { CreditCosts } from '../../../ports/store.ts';
import type { CallOptions } from '../../../ports/task-store.ts';
import type { Connection } from './connection.ts';
import { createDoorbell, type Doorbell } from './doorbell.ts';
import { type Durability, setDurability } from './open-database.ts';
import { retryBusy } from './retry-busy.ts';

/** An open database as the ports' implementations see it. */
export interface Session extends Pick<Connection, 'one' | 'all' | 'run'> {
  readonly clock: Clock;
  readonly costs: CreditCosts | undefined;
  readonly bells: Readonly<Record<BellName, Doorbell>>;
  /** Synchronous reads that belong together: one snapshot. */
  read<T>(options: CallOptions | undefined, work: () => T): Promise<T>;
  /** One synchronous transaction; bells marked within ring after its commit. */
  write<T>(options: CallOptions | undefined, work: () => T): Promise<T>;
  /** A write that a power cut may undo: repeating or losing it does no harm, so it waits for no disk. */
  writeHint<T>(options: CallOptions | undefined, work: () => T): Promise<T>;
  /** Marks a bell to ring when the running transaction has committed. */
  mark(bell: BellName): void;
  close(): void;
}

/** `work`: there may be something to claim. `done`: something happened to a task. */
export type BellName = 'work' | 'done';

export interface SessionOptions {
  readonly file: string;
  readonly clock: Clock;
  readonly costs: CreditCosts | undefined;
  readonly durability: Durability;
}

export function createSession(connection: Connection, { file, clock, costs, durability }: SessionOptions): Session {
  const dataVersion = (): number => connection.one<{ data_version: number }>('PRAGMA data_version')!.data_version;
  const bells = {
    work: createDoorbell({ file: `${file}.bell-work`, dataVersion }),
    done: createDoorbell({ file: `${file}.bell-done`, dataVersion }),
  };
  const marked = new Set<BellName>();
  let closed = false;
  let hasWritten = false;

  const attempt = <T>(options: CallOptions | undefined, work: () => T): Promise<T> =>
    retryBusy({ file, signal: options?.signal }, () => {
      if (closed) throw storeClosed(file);
      return work();
    });
  const commit = <T>(work: () => T): T => {
    marked.clear();
    const result = connection.transaction('IMMEDIATE', work);
    hasWritten = true;
    for (const bell of marked) bells[bell].ring();
    return result;
  };

  return {
    one: connection.one,
    all: connection.all,
    run: connection.run,
    clock,
    costs,
    bells,
    read: (options, work) => attempt(options, () => connection.transaction('DEFERRED', work)),
    write: (options, work) => attempt(options, () => commit(work)),
    writeHint: (options, work) =>
      attempt(options, () => {
        setDurability(connection, 'normal');
        try {
          return commit(work);
        } finally {
          setDurability(connection, durability);
        }
      }),
    mark: (bell) => marked.add(bell),
    close: () => {
      if (closed) return;
      closed = true;
      bells.work.close();
      bells.done.close();
      if (hasWritten) emptyLog(connection);
      connection.close();
    },
  };
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
