import { abortError } from '../../../core/abort.ts';
import type { CallOptions } from '../../../ports/task-store.ts';
import type { Connection } from './connection.ts';
import type { Effects } from './effects.ts';
import { createGroupCommit, type GroupWrite } from './group-commit.ts';
import { createLockShare } from './lock-share.ts';
import type { Durability } from './open-database.ts';
import { MAX_LOCK_WAIT_MS } from './retry-busy.ts';
import { isBusy, storeBusy, translateError } from './translate-error.ts';

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

interface Entry extends WriteManner, GroupWrite {
  readonly resolve: (value: never) => void;
  readonly reject: (reason: unknown) => void;
  readonly signal: AbortSignal | undefined;
  readonly queuedAt: number;
}

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
  const group = createGroupCommit({ connection, durability, began: share.began });
  const queue: Entry[] = [];
  const idle: (() => void)[] = [];
  let tries = 0;
  /** So many writes at the head of the queue get a transaction each. */
  let alone = 0;

  const alarm = createAlarm(() => {
    // A stalled process finds old writes that were never tried: those are not the lock's fault.
    dropStale(queue, file, tries > 0 ? maxWaitMs : Infinity);
    if (queue.length > 0) {
      const restMs = queue.every(({ patient }) => patient) ? share.restMs() : 0;
      if (restMs > 0) return alarm.set(Math.floor(restMs));
      commit();
    }
    if (queue.length > 0) alarm.set(retryDelayMs(tries));
    else for (const resolve of idle.splice(0)) resolve();
  });

  const commit = (): void => {
    const entries = alone > 0 ? queue.slice(0, 1) : queue;
    let done: readonly Entry[];
    try {
      done = share.hold(() => group.run(entries));
      tries = 0;
    } catch (thrown) {
      return undone(entries, thrown);
    }
    settle(done);
    onCommit(group.effects);
  };

  const undone = (entries: readonly Entry[], thrown: unknown): void => {
    tries = isBusy(thrown) ? tries + 1 : 0;
    if (tries > 0) return;
    // A full disk undoes a whole transaction. Whose fault that was shows when each of the writes gets one of its own.
    if (entries.length > 1) alone = queue.length;
    else settle([Object.assign(entries[0]!, { failure: { thrown } })]);
  };

  const settle = (done: readonly Entry[]): void => {
    queue.splice(0, done.length);
    alone = Math.max(0, alone - done.length);
    for (const { resolve, reject, result, failure } of done) {
      if (failure) reject(translateError(failure.thrown, file));
      else resolve(result as never);
    }
  };

  return {
    get effects() {
      return group.effects;
    },
    add: <T>(manner: WriteManner, call: CallOptions | undefined, work: () => T) =>
      new Promise<T>((resolve, reject) => {
        queue.push({ ...manner, work, resolve, reject, signal: call?.signal, queuedAt: performance.now() });
        // Whoever waits for the lock or for its share of it already has a time; only an urgent write changes that.
        if (!alarm.isSet() || (!manner.patient && tries === 0)) alarm.set(0);
      }),
    drained: () => (queue.length === 0 ? Promise.resolve() : new Promise((resolve) => idle.push(resolve))),
  };
}

/** Calls once, in the next turn of the event loop or later; setting it again moves it. */
function createAlarm(ring: () => void) {
  let cancel: (() => void) | undefined;
  const onTime = (): void => {
    cancel = undefined;
    ring();
  };
  return {
    isSet: () => cancel !== undefined,
    set: (delayMs: number): void => {
      cancel?.();
      if (delayMs >= RETRY_MS) {
        const timer = setTimeout(onTime, delayMs);
        cancel = () => clearTimeout(timer);
      } else {
        const immediate = setImmediate(onTime);
        cancel = () => clearImmediate(immediate);
      }
    },
  };
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
