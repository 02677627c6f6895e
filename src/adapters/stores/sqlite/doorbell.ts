import { closeSync, fstatSync, futimesSync, openSync } from 'node:fs';
import { delay } from '../../../core/abort.ts';
import { type BellWatch, type WatchFile, watchBell } from './watch-bell.ts';

/** How processes learn of each other's changes: told by the bell's file, or only by looking now and then. */
export type WakeUpMode = 'doorbell' | 'polling';

/** Tells processes that share a database that something changed in it. */
export interface Doorbell {
  /** Call after the commit: what woke up must see what it was woken for. */
  ring(): void;
  /** Grows with every change; two equal answers mean that nothing was rung between them. */
  version(): number;
  /** Resolves when the version is no longer `seen`, and at the latest after `timeoutMs` or when the signal aborts. */
  wait(seen: number, timeoutMs: number, signal?: AbortSignal): Promise<void>;
  /** Rings, and tells whether that is heard through the file. */
  prove(): Promise<WakeUpMode>;
  close(): void;
}

export interface DoorbellOptions {
  /** A file beside the database; rung by touching it. */
  readonly file: string;
  /** A number that differs once another connection has committed (`PRAGMA data_version`). */
  readonly dataVersion: () => number;
  /** Default: `fs.watch`. */
  readonly watchFile?: WatchFile | undefined;
}

/** Finds what the bell missed: watching fails on some mounts, and where the watches are used up. */
const POLL_MS = 500;
/**
 * Where the bell is deaf, or was not heard yet: often at first, as news seldom comes alone, then as seldom as costs next to
 * nothing.
 */
const DEAF_POLL_MS = { first: 5, last: 100, growth: 1.5 } as const;
/** A burst of commits rings once: one wake-up finds the work of all. */
const RING_GAP_MS = 1;
const PROOF_MS = 250;

export function createDoorbell({ file, dataVersion, watchFile }: DoorbellOptions): Doorbell {
  let version = 0;
  let closed = false;
  let lastDataVersion = readOr(dataVersion, 0);
  const waiting = new Set<() => void>();
  const announce = (): void => {
    version += 1;
    for (const wake of waiting) wake();
  };
  const poll = (): void => {
    const now = readOr(dataVersion, lastDataVersion);
    if (now === lastDataVersion) return;
    lastDataVersion = now;
    announce();
  };
  const clapper = createClapper(file);
  let watcher: BellWatch | undefined;
  const listen = (): BellWatch => {
    // The first touch is most likely the own ring, as is one at its very time. That is no news: it would wake everybody here a
    // second time. A change of another process that it covers up shows in the database.
    const onTouched = (isFirst: boolean): void => (isFirst || clapper.isLast() ? poll() : announce());
    const watch = watchBell(file, onTouched, watchFile);
    // A ring to itself: a watch that hears it will hear the others', and until it does the bell counts as deaf.
    clapper.strike();
    return watch;
  };

  return {
    ring: () => {
      version += 1;
      // Whoever made the change goes on first: a worker has its task begun, or settled, before others here look at it.
      const woken = [...waiting];
      if (woken.length > 0) setImmediate(() => woken.forEach((wake) => wake()));
      clapper.strike();
    },
    version: () => {
      if (!closed) poll();
      return version;
    },
    wait: async (seen, timeoutMs, signal) => {
      if (closed) return;
      watcher ??= listen();
      // Looked at after the watch is on: a change before it shows here, a later one rings.
      poll();
      if (version !== seen || signal?.aborted) return;
      const stopPolling = pollOften(poll, watcher.isDeaf);
      await untilWoken(waiting, timeoutMs, signal);
      stopPolling();
    },
    prove: async () => ((await isHeard(clapper, file, watchFile)) ? 'doorbell' : 'polling'),
    close: () => {
      if (closed) return;
      closed = true;
      clapper.close();
      watcher?.close();
      for (const wake of waiting) wake();
    },
  };
}

/** Everybody who waits is woken by every change: an abort signal each would cost several times as much. */
function untilWoken(waiting: Set<() => void>, timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer);
      waiting.delete(wake);
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, timeoutMs);
    waiting.add(wake);
    signal?.addEventListener('abort', wake, { once: true });
  });
}

async function isHeard(clapper: Clapper, file: string, watchFile: WatchFile | undefined): Promise<boolean> {
  const heard = new AbortController();
  const proof = watchBell(file, () => heard.abort(), watchFile);
  clapper.strike();
  await delay(PROOF_MS, heard.signal);
  proof.close();
  return heard.signal.aborted;
}

/** @returns what stops it. */
function pollOften(poll: () => void, isDeaf: () => boolean): () => void {
  let pauseMs: number = DEAF_POLL_MS.first;
  let timer: NodeJS.Timeout;
  const next = (): void => {
    timer = setTimeout(
      () => {
        poll();
        pauseMs = Math.min(DEAF_POLL_MS.last, pauseMs * DEAF_POLL_MS.growth);
        next();
      },
      isDeaf() ? pauseMs : POLL_MS,
    );
  };
  next();
  return () => clearTimeout(timer);
}

interface Clapper {
  strike(): void;
  /** Whether the newest touch of the file is likely to be its own. */
  isLast(): boolean;
  /** Makes a strike that is still due. */
  close(): void;
}

/** Touches the file, at most once per {@link RING_GAP_MS}. */
function createClapper(file: string): Clapper {
  let descriptor: number | undefined;
  let struckAt = Number.NEGATIVE_INFINITY;
  let due: NodeJS.Timeout | undefined;
  let touchedMs: number | undefined;
  const isLast = (): boolean => {
    try {
      return descriptor !== undefined && fstatSync(descriptor).mtimeMs === touchedMs;
    } catch {
      return false;
    }
  };
  const touch = (): void => {
    clearTimeout(due);
    due = undefined;
    struckAt = performance.now();
    try {
      descriptor ??= openSync(file, 'a');
      const now = new Date();
      futimesSync(descriptor, now, now);
      touchedMs = now.getTime();
    } catch {
      // The others find out by polling.
    }
  };
  return {
    strike: () => {
      if (performance.now() - struckAt >= RING_GAP_MS) touch();
      else due ??= setTimeout(touch, RING_GAP_MS);
    },
    isLast,
    close: () => {
      if (due) touch();
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}

function readOr(read: () => number, fallback: number): number {
  try {
    return read();
  } catch {
    return fallback;
  }
}
