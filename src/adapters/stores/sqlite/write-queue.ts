import { abortError } from '../../../core/abort.ts';
import type { CallOptions } from '../../../ports/task-store.ts';
import type { Connection } from './connection.ts';
import type { Effects } from './effects.ts';
import { createJointWrite, type JointPart, type JointWrite, type TogetherHandler } from './joint-write.ts';
import { createLockShare } from './lock-share.ts';
import type { Durability } from './open-database.ts';
import { MAX_LOCK_WAIT_MS } from './retry-busy.ts';
import { isBusy, storeBusy, translateError } from './translate-error.ts';
import type { WantSign } from './want-sign.ts';
import { createGroupRunner, type GroupedWrite } from './write-group.ts';

/** How a write wants to be treated. */
export interface WriteManner {
  /** `full`: the disk has it before the answer, as far as the store's own setting asks for that. */
  readonly durability: Durability;
  /** It may wait a moment longer to leave the lock to other processes. */
  readonly patient: boolean;
}

/** Writes of one process, many to a transaction, in the order of their calls. */
export interface WriteQueue {
  /** Runs synchronous work in a transaction; it may run more than once, each time on what was there before. */
  add<T>(manner: WriteManner, options: CallOptions | undefined, work: () => T): Promise<T>;
  /** Like {@link add} for one item; items that come in a row are handed to the same handler together. */
  join<Item, T>(manner: WriteManner, handler: TogetherHandler<Item, T>, item: Item): Promise<T>;
  /** Whether others wait for the lock: then it is to be held for short. */
  isWanted(): boolean;
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
  /** Has other processes give way to urgent writes. */
  readonly want?: WantSign | undefined;
  readonly onCommit: (effects: Effects) => void;
  /** How long a write waits for the lock, default {@link MAX_LOCK_WAIT_MS}. */
  readonly maxWaitMs?: number | undefined;
}

interface Entry extends WriteManner, GroupedWrite {
  readonly resolve: (value: never) => void;
  readonly reject: (reason: unknown) => void;
  readonly signal: AbortSignal | undefined;
  readonly queuedAt: number;
  /** Set when more items may join. */
  readonly joint?: JointWrite;
}

/**
 * Turns of the event loop to try at once, before sleeping between tries. A transaction of another process usually ends within some
 * dozens; but where every core is busy, who sleeps is woken first and who spins is not.
 */
const IMMEDIATE_TRIES = { patient: 50, urgent: 3 } as const;
const RETRY_MS = 1;

/**
 * Group commit: all writes of one turn of the event loop share a transaction, and so its one wait for the disk. Each still
 * succeeds or fails for itself. The event loop never waits for the lock: SQLite's own waiting would block it, heartbeats and
 * image work included, and starve third parties.
 */
export function createWriteQueue(options: WriteQueueOptions): WriteQueue {
  const { file, want, onCommit, maxWaitMs = MAX_LOCK_WAIT_MS } = options;
  const share = createLockShare(options.dataVersion, want);
  const runner = createGroupRunner({ ...options, share });
  const queue: Entry[] = [];
  const idle: (() => void)[] = [];
  const timer = createTimer(() => flush());
  let tries = 0;
  /** So many writes at the head of the queue get a transaction each. */
  let alone = 0;

  const flush = (): void => {
    // A stalled process finds old writes that were never tried: those are not the lock's fault.
    dropStale(queue, file, tries > 0 ? maxWaitMs : Infinity);
    const restMs = isUrgent(queue) ? 0 : share.restMs();
    if (queue.length > 0 && restMs > 0) return timer.set(Math.floor(restMs));
    if (queue.length > 0) commit();
    if (queue.length > 0) timer.set(retryDelayMs(tries, isUrgent(queue)));
    else for (const resolve of idle.splice(0)) resolve();
  };

  const commit = (): void => {
    try {
      const done = share.hold(() => runner.run(alone > 0 ? queue.slice(0, 1) : [...queue]));
      queue.splice(0, done.length);
      alone = Math.max(0, alone - done.length);
      tries = 0;
      onCommit(runner.effects);
      for (const entry of done) answer(entry, file);
    } catch (thrown) {
      if (!isBusy(thrown)) return undone(thrown);
      tries += 1;
      if (isUrgent(queue)) want?.raise();
    }
  };

  /** A full disk undoes a whole transaction. Whose fault that was shows when each of the writes gets one of its own. */
  const undone = (thrown: unknown): void => {
    tries = 0;
    const isShared = queue.length > 1 && alone === 0;
    if (!isShared) answer({ ...queue.shift()!, failure: { thrown } }, file);
    alone = isShared ? queue.length : Math.max(0, alone - 1);
  };

  // Who waits for the lock, or leaves it to others, has a time already; only an urgent write changes that.
  const enqueue = (entry: Entry): void => {
    queue.push(entry);
    if (!timer.isSet() || (timer.isLater() && !entry.patient && tries === 0)) timer.set(0);
  };

  return {
    get effects() {
      return runner.effects;
    },
    add: <T>(manner: WriteManner, call: CallOptions | undefined, work: () => T) =>
      new Promise<T>((resolve, reject) =>
        enqueue({ ...manner, work, resolve, reject, signal: call?.signal, queuedAt: performance.now() }),
      ),
    join: <Item, T>(manner: WriteManner, handler: TogetherHandler<Item, T>, item: Item) =>
      new Promise<T>((resolve, reject) => {
        const part: JointPart = { item, resolve, reject };
        if (queue.at(-1)?.joint?.join(handler, part)) return;
        const again = (joint: JointWrite): void => enqueue(entryOf(manner, joint));
        again(createJointWrite({ handler, first: part, file, again }));
      }),
    isWanted: share.isWanted,
    drained: () => (queue.length === 0 ? Promise.resolve() : new Promise((resolve) => idle.push(resolve))),
  };
}

function isUrgent(queue: readonly Entry[]): boolean {
  return queue.some(({ patient }) => !patient);
}

function retryDelayMs(tries: number, urgent: boolean): number {
  if (tries < IMMEDIATE_TRIES[urgent ? 'urgent' : 'patient']) return 0;
  return urgent ? RETRY_MS : RETRY_MS * (1 + Math.random());
}

function entryOf(manner: WriteManner, joint: JointWrite): Entry {
  return { ...manner, ...joint, joint, signal: undefined, queuedAt: performance.now() };
}

function answer({ resolve, reject, result, failure, joint }: Entry, file: string): void {
  // Whose fault it was shows when each part is done by itself.
  if (failure && joint?.splitUp()) return;
  if (failure) reject(translateError(failure.thrown, file));
  else resolve(result as never);
}

/** Gives up what nobody waits for any more, and what has waited too long. */
function dropStale(queue: Entry[], file: string, maxWaitMs: number): void {
  const latest = performance.now() - maxWaitMs;
  const isStale = ({ signal, queuedAt }: Entry): boolean => signal?.aborted === true || queuedAt < latest;
  if (!queue.some(isStale)) return;
  for (const entry of queue.splice(0)) {
    if (!isStale(entry)) queue.push(entry);
    else entry.reject(entry.signal?.aborted ? abortError(entry.signal) : storeBusy(file));
  }
}

/** One timer at a time; less than a millisecond means the next turn of the event loop. */
function createTimer(onTime: () => void) {
  let cancel: (() => void) | undefined;
  let isLater = false;
  const fire = (): void => {
    cancel = undefined;
    onTime();
  };
  return {
    isSet: () => cancel !== undefined,
    /** Not as soon as the next turn. */
    isLater: () => cancel !== undefined && isLater,
    set: (ms: number) => {
      cancel?.();
      isLater = ms >= 1;
      if (ms >= 1) {
        const timeout = setTimeout(fire, ms);
        cancel = () => clearTimeout(timeout);
      } else {
        const immediate = setImmediate(fire);
        cancel = () => clearImmediate(immediate);
      }
    },
  };
}
