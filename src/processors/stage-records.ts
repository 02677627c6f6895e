import { throwIfAborted } from '../core/abort.ts';
import { toConceptError } from '../core/errors.ts';
import type { NewTaskEvent } from '../core/event.ts';
import type { Lease, TaskProgress } from '../core/task.ts';
import type { Checkpoint, TaskLeases } from '../ports/task-leases.ts';

/** So long an event waits for others to go out with: stages of a few milliseconds cost no transaction each, and nobody sees it. */
const EVENT_WAIT_MS = 25;
/** So long waits what matters less: a crash may cost as much work that is free, and progress is looked at by people. */
const PATIENT_WAIT_MS = 100;

export interface StageRecords {
  /** Aborts with LEASE_LOST once the store has refused a write of this attempt. */
  readonly lost: AbortSignal;
  /** Has an event written without waiting for it. */
  event(event: NewTaskEvent, progress?: TaskProgress): void;
  /** Has the progress written without waiting for it. */
  progress(progress: TaskProgress): void;
  /** Has a checkpoint of what may repeat written without waiting for it. @throws LEASE_LOST at once when an earlier write was refused. */
  checkpoint(stage: string, data: unknown): void;
  /** Makes a write that is waited for, after all that waits. @throws LEASE_LOST at once when an earlier write was refused. */
  write<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when everything is written. @throws LEASE_LOST when a write was refused. */
  settled(): Promise<void>;
  /**
   * The attempt has its result: what a later one would begin with is left to {@link settled}, should the completion fail. The events
   * are on their way when this returns, ahead of a completion that is called next. @returns what resolves when they are written or
   * given up.
   */
  finish(): Promise<void>;
}

/**
 * What an attempt tells the store as it goes. What comes within a moment goes out together, or with the next write that is waited
 * for; the store keeps the calls in order. A record that cannot be written is not worth failing work that succeeds, unless it was
 * refused: then the task is no longer ours.
 */
export function createStageRecords(lease: Lease, leases: TaskLeases): StageRecords {
  const refusal = new AbortController();
  const notice = (thrown: unknown): void => {
    const error = toConceptError(thrown);
    if (error.code === 'LEASE_LOST') refusal.abort(error);
  };
  const { begin, ended } = createWritesUnderWay(notice);
  const checkpoints = createWaitingCheckpoints((checkpoint) =>
    leases.checkpoint({ lease, checkpoint, mayRepeat: true }),
  );
  const news = createWaitingNews();

  const flushEvents = (): void => {
    eventsTimer.stop();
    const waiting = refusal.signal.aborted ? undefined : news.take();
    if (waiting) begin(leases.record({ lease, ...waiting }));
  };
  const flush = (): void => {
    flushEvents();
    patientTimer.stop();
    if (!refusal.signal.aborted) checkpoints.flush().forEach(begin);
  };
  const eventsTimer = createTimer(EVENT_WAIT_MS, flushEvents);
  const patientTimer = createTimer(PATIENT_WAIT_MS, flush);

  return {
    lost: refusal.signal,
    event(event, newest) {
      news.add(event, newest);
      eventsTimer.start();
    },
    progress(newest) {
      news.add(undefined, newest);
      patientTimer.start();
    },
    checkpoint(stage, data) {
      throwIfAborted(refusal.signal);
      checkpoints.put({ stage, data });
      patientTimer.start();
    },
    async write(work) {
      throwIfAborted(refusal.signal);
      flush();
      return work().catch((thrown: unknown) => {
        notice(thrown);
        throw thrown;
      });
    },
    async settled() {
      flush();
      await ended();
      throwIfAborted(refusal.signal);
    },
    finish() {
      patientTimer.stop();
      flushEvents();
      return ended();
    },
  };
}

/** Events in their order, and the newest progress. */
function createWaitingNews() {
  let events: NewTaskEvent[] = [];
  let progress: TaskProgress | undefined;
  return {
    add: (event: NewTaskEvent | undefined, newest: TaskProgress | undefined): void => {
      if (event) events.push(event);
      progress = newest ?? progress;
    },
    /** @returns what has come since the last time, if anything has. */
    take: () => {
      if (events.length === 0 && progress === undefined) return undefined;
      const taken = { events, ...(progress && { progress }) };
      events = [];
      progress = undefined;
      return taken;
    },
  };
}

/** Writes that nobody waits for one by one; `onFailure` is told of those that fail. */
function createWritesUnderWay(onFailure: (thrown: unknown) => void) {
  const underWay = new Set<Promise<void>>();
  return {
    begin: (write: Promise<void>): void => {
      const writing: Promise<void> = write.catch(onFailure).finally(() => underWay.delete(writing));
      underWay.add(writing);
    },
    /** Resolves when those that have begun by now have ended. */
    ended: async (): Promise<void> => {
      await Promise.all(underWay);
    },
  };
}

/**
 * They are written one after the other, and none after one that failed: what a stage made of an output that a retry would not find
 * must not be found either.
 */
function createWaitingCheckpoints(write: (checkpoint: Checkpoint) => Promise<void>) {
  const waiting = new Map<string, Checkpoint>();
  let written = Promise.resolve();
  return {
    put: (checkpoint: Checkpoint): void => {
      // What is replaced before it was written comes last, as in the store.
      waiting.delete(checkpoint.stage);
      waiting.set(checkpoint.stage, checkpoint);
    },
    flush: (): readonly Promise<void>[] => {
      const writes = [...waiting.values()].map((checkpoint) => (written = written.then(() => write(checkpoint))));
      waiting.clear();
      return writes;
    },
  };
}

/** One timer at a time: starting it again changes nothing. */
function createTimer(ms: number, onTime: () => void) {
  let timer: NodeJS.Timeout | undefined;
  return {
    start: () => void (timer ??= setTimeout(onTime, ms)),
    stop: () => {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
