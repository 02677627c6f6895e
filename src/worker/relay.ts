import { setMaxListeners } from 'node:events';
import { delay, limitedTo, orAborted } from '../core/abort.ts';
import { toConceptError } from '../core/errors.ts';
import { jittered } from '../core/retry.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Store } from '../ports/store.ts';
import type { TaskMessage, TaskQueue } from '../ports/task-queue.ts';
import type { Pace } from './pace.ts';

export interface RelayOptions {
  readonly store: Pick<Store, 'outbox'>;
  readonly queue: TaskQueue;
  readonly logger: Logger;
  /** A task that is still in line so long after it was published is published again, default 300,000 ms. */
  readonly republishAfterMs?: number | undefined;
  /** A fresh task is left to its submitter for so long, default 2,000 ms. */
  readonly unpublishedForMs?: number | undefined;
}

export interface RelayReport {
  readonly published: number;
  /** Could not be published; they are unpublished again. */
  readonly failed: number;
}

/** Publishes what the outbox holds. */
export interface Relay {
  /** Publishes what is to be published now, a thousand tasks at most. @throws ConceptError what the store throws. */
  pass(signal: AbortSignal): Promise<RelayReport>;
}

/** Tasks taken at once: if this process dies now, so many wait for `republishAfterMs`. */
const BATCH = 100;
const MOST_BATCHES = 10;
/** A queue that does not answer is away. */
const PUBLISH_LIMIT_MS = 30_000;
const MAX_PAUSE_MS = 30_000;

export function createRelay(options: RelayOptions): Relay {
  const { republishAfterMs = 300_000, unpublishedForMs = 2_000 } = options;
  const { outbox } = options.store;
  /** Taken, not published, and not given back yet, as the store was away. */
  let owed: readonly string[] = [];

  const giveBack = async (taskIds: readonly string[]): Promise<void> => {
    owed = taskIds;
    if (owed.length > 0) await outbox.giveBack(owed);
    owed = [];
  };

  return {
    pass: async (signal) => {
      const report = { published: 0, failed: 0 };
      await giveBack(owed);
      for (let batch = 0; batch < MOST_BATCHES && !signal.aborted; batch++) {
        // Not given up half-way: what was taken and is not given back waits for a long time.
        const taken = await outbox.take({ limit: BATCH, unpublishedForMs, republishAfterMs });
        const unpublished = await publishEach(taken, options, signal);
        report.published += taken.length - unpublished.length;
        report.failed += unpublished.length;
        await giveBack(unpublished);
        if (taken.length < BATCH || unpublished.length > 0) break;
      }
      return report;
    },
  };
}

/** Each for itself: one that the queue refuses must not have the others published again and again. @returns those that failed. */
async function publishEach(
  messages: readonly TaskMessage[],
  { queue, logger }: RelayOptions,
  stop: AbortSignal,
): Promise<readonly string[]> {
  if (stop.aborted) return messages.map(({ taskId }) => taskId);
  const signal = limitedTo(PUBLISH_LIMIT_MS, stop);
  // Each message listens to it; from the eleventh on Node would warn of a leak.
  setMaxListeners(BATCH + 10, signal);
  const publish = (message: TaskMessage): Promise<void> => orAborted(queue.publish([message], { signal }), signal);
  const outcomes = await Promise.allSettled(messages.map(publish));
  const failed = messages.filter((_, index) => outcomes[index]!.status === 'rejected');
  const first = outcomes.find((outcome) => outcome.status === 'rejected');
  if (first && !stop.aborted) {
    const { code, message } = toConceptError(first.reason);
    const fields = { tasks: failed.length, taskId: failed[0]!.taskId, code, error: message };
    logger.log('warn', 'cannot publish tasks, they are tried again', fields);
  }
  return failed.map(({ taskId }) => taskId);
}

/** Relays until the signal aborts: often while there is something, seldom while there is not or the queue or store is away. */
export async function relayUntil(
  signal: AbortSignal,
  relay: Relay,
  { pace, clock, logger }: { readonly pace: Pace; readonly clock: Clock; readonly logger: Logger },
): Promise<void> {
  let pauseMs = pace.relayMs;
  while (!signal.aborted) {
    await delay(jittered(pauseMs, clock.random()), signal);
    if (signal.aborted) return;
    try {
      const { published, failed } = await relay.pass(signal);
      if (published > 0) logger.log('debug', 'published tasks', { tasks: published });
      pauseMs = nextPauseMs(pauseMs, published, failed, pace);
    } catch (thrown) {
      const { code, message } = toConceptError(thrown);
      if (!signal.aborted) logger.log('warn', 'cannot relay, the store is away', { code, error: message });
      pauseMs = Math.min(MAX_PAUSE_MS, pauseMs * 2);
    }
  }
}

function nextPauseMs(pauseMs: number, published: number, failed: number, pace: Pace): number {
  if (failed > 0) return Math.min(MAX_PAUSE_MS, pauseMs * 2);
  return published > 0 ? pace.relayMs : Math.min(pace.idleRelayMs, Math.max(pace.relayMs, pauseMs * 1.5));
}
