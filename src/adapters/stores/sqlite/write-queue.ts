import { abortError } from '../../../core/abort.ts';
import type { CallOptions } from '../../../ports/task-store.ts';
import type { Connection } from './connection.ts';
import { copyEffects, type Effects, flushEffects, noEffects } from './effects.ts';
import { createLockShare } from './lock-share.ts';
import { type Durability, setDurability } from './open-database.ts';
import { MAX_LOCK_WAIT_MS } from './retry-busy.ts';
import { endsTransaction, isBusy, storeBusy, translateError } from './translate-error.ts';

/** How a write wants to be treated. */
export interface WriteManner {
  /** `full`: the disk has it before the answer, as far as the store's own setting asks for that. */
  readonly durability: Durability;
  /** It may wait a moment longer to leave the lock to other processes. */
  readonly patient: boolean;
}

/** Writes of one process, many to a transaction. */
export interface WriteQueue {
  /** Runs synchronous work in a transaction; it may run more than once, each time on what was there before. */
  add<T>(manner: WriteManner, options: CallOptions | undefined, work: () => T): Promise<T>;
  /** Resolves when nothing waits any more. */
  drained(): Promise<void>;
  /** Those of the running transaction. */
  readonly effects: Effects;
}

export interface WriteQueueOptions {
  readonly file: string;
  readonly connection: Connection;
  readonly durability: Durability;
  /** Grows when another process has committed. */
  readonly dataVersion: () => number;
  readonly onCommit: (effects: Effects) => void;
  /** How long a write waits for the lock, default {@link MAX_LOCK_WAIT_MS}. */
  readonly maxWaitMs?: number | undefined;
}

interface Entry extends WriteManner {
  readonly work: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (reason: unknown) => void;
  readonly signal: AbortSignal | undefined;
  readonly queuedAt: number;
  result?: unknown;
  failure?: { readonly thrown: unknown } | undefined;
}

/** What has begun may finish; the rest goes into the next transaction, so that others get the lock in between. */
const MAX_TRANSACTION_MS = 4;
/** Turns of the event loop to try at once: a transaction of another process usually ends within these. */
const IMMEDIATE_TRIES = 50;
const RETRY_MS = 1;

/**
 * Group commit: all writes of one turn of the event loop share a transaction, and so its one wait for the disk. Each still
 * succeeds or fails for itself. The event loop never waits for the lock: SQLite's own waiting would block it, heartbeats and
 * image work included, and starve third parties.
 */
export function createWriteQueue(options: WriteQueueOptions): WriteQueue {
  const { file, connection, durability, dataVersion, onCommit, maxWaitMs = MAX_LOCK_WAIT_MS } = options;
  const share = createLockShare(dataVersion);
  const queue: Entry[] = [];
  const idle: (() => void)[] = [];
  let effects = noEffects();
  let cancelSchedule: (() => void) | undefined;
  let tries = 0;
  /** So many writes at the head of the queue get a transaction each. */
  let alone = 0;
  let current: Durability = durability;

  const schedule = (delayMs: number): void => {
    cancelSchedule?.();
    if (delayMs >= RETRY_MS) {
      const timer = setTimeout(flush, delayMs);
      cancelSchedule = () => clearTimeout(timer);
    } else {
      const immediate = setImmediate(flush);
      cancelSchedule = () => clearImmediate(immediate);
    }
  };

  const flush = (): void => {
    cancelSchedule = undefined;
    // A stalled process finds old writes that were never tried: those are not the lock's fault.
    dropStale(queue, file, tries > 0 ? maxWaitMs : Infinity);
    if (queue.length > 0) {
      const restMs = queue.every(({ patient }) => patient) ? share.restMs() : 0;
      if (restMs > 0) return schedule(Math.floor(restMs));
      commit();
    }
    if (queue.length > 0) schedule(retryDelayMs(tries));
    else for (const resolve of idle.splice(0)) resolve();
  };

  const commit = (): void => {
    let done: readonly Entry[];
    try {
      done = share.hold(() => runTransaction(runTogether) ?? runTransaction(runApart)!);
      tries = 0;
    } catch (thrown) {
      if (isBusy(thrown)) tries += 1;
      else undone(thrown);
      return;
    }
    queue.splice(0, done.length);
    alone = Math.max(0, alone - done.length);
    onCommit(effects);
    for (const { resolve, reject, result, failure } of done) {
      if (failure) reject(translateError(failure.thrown, file));
      else resolve(result as never);
    }
  };

  /** A full disk undoes a whole transaction. Whose fault that was shows when each of the writes gets one of its own. */
  const undone = (thrown: unknown): void => {
    tries = 0;
    if (next().length > 1) alone = queue.length;
    else {
      alone = Math.max(0, alone - 1);
      queue.shift()!.reject(translateError(thrown, file));
    }
  };

  const next = (): readonly Entry[] => (alone > 0 ? queue.slice(0, 1) : queue);

  /** @returns the entries that were run; undefined when the transaction was undone because they must be run apart. */
  const runTransaction = (run: typeof runTogether): readonly Entry[] | undefined => {
    const entries = next();
    useDurability(entries.some((entry) => entry.durability === 'full') ? durability : 'normal');
    effects = noEffects();
    const broken = new Error('run apart');
    try {
      return connection.transaction('IMMEDIATE', () => {
        share.began();
        const done = run(entries);
        if (!done) throw broken;
        flushEffects(connection, effects);
        return done;
      });
    } catch (thrown) {
      if (thrown === broken) return undefined;
      throw thrown;
    }
  };

  /** The common case: nothing fails. What does may have written, or left effects behind: the others must not commit those. */
  const runTogether = (entries: readonly Entry[]): readonly Entry[] | undefined => {
    const done: Entry[] = [];
    const deadline = performance.now() + MAX_TRANSACTION_MS;
    for (const entry of entries) {
      attempt(entry);
      if (entry.failure && (entries.length === 1 || endsTransaction(entry.failure.thrown))) throw entry.failure.thrown;
      if (entry.failure) return undefined;
      done.push(entry);
      if (performance.now() > deadline) break;
    }
    return done;
  };

  /** Each in a savepoint of its own: what one of them did before it failed is undone alone. */
  const runApart = (entries: readonly Entry[]): readonly Entry[] => {
    const done: Entry[] = [];
    const deadline = performance.now() + MAX_TRANSACTION_MS;
    for (const entry of entries) {
      const before = copyEffects(effects);
      connection.run('SAVEPOINT entry');
      attempt(entry);
      if (entry.failure) {
        if (endsTransaction(entry.failure.thrown)) throw entry.failure.thrown;
        connection.run('ROLLBACK TO entry');
        effects = before;
      }
      connection.run('RELEASE entry');
      done.push(entry);
      if (performance.now() > deadline) break;
    }
    return done;
  };

  const useDurability = (wanted: Durability): void => {
    if (wanted === current) return;
    setDurability(connection, wanted);
    current = wanted;
  };

  return {
    get effects() {
      return effects;
    },
    add: <T>(manner: WriteManner, call: CallOptions | undefined, work: () => T) =>
      new Promise<T>((resolve, reject) => {
        queue.push({ ...manner, work, resolve, reject, signal: call?.signal, queuedAt: performance.now() });
        // Whoever waits for the lock or for its share of it already has a time; only an urgent write changes that.
        if (!cancelSchedule || (!manner.patient && tries === 0)) schedule(0);
      }),
    drained: () => (queue.length === 0 ? Promise.resolve() : new Promise((resolve) => idle.push(resolve))),
  };
}

function attempt(entry: Entry): void {
  entry.failure = undefined;
  try {
    entry.result = entry.work();
  } catch (thrown) {
    entry.failure = { thrown };
  }
}

/** Gives up what nobody waits for any more, and what has waited too long. */
function dropStale(queue: Entry[], file: string, maxWaitMs: number): void {
  const latest = performance.now() - maxWaitMs;
  const kept = queue.filter((entry) => {
    if (entry.signal?.aborted) entry.reject(abortError(entry.signal));
    else if (entry.queuedAt < latest) entry.reject(storeBusy(file));
    else return true;
    return false;
  });
  if (kept.length < queue.length) queue.splice(0, queue.length, ...kept);
}

function retryDelayMs(tries: number): number {
  return tries < IMMEDIATE_TRIES ? 0 : RETRY_MS * (1 + Math.random());
}
