import { delay } from '../core/abort.ts';
import { ConceptError, toConceptError } from '../core/errors.ts';
import type { Logger } from '../ports/logger.ts';
import type { Delivery, TaskQueue } from '../ports/task-queue.ts';

/** Wait before receiving anew from a queue that was away. */
const QUEUE_AWAY_MS = 1_000;

export interface Receiving {
  /** @throws ConceptError why nothing will be received any more: trying again does not help. */
  assertAlive(): void;
  /** Ends it; resolves when no delivery will come any more. */
  close(): Promise<void>;
}

export interface ReceiveFrom {
  readonly queue: TaskQueue;
  readonly logger: Logger;
  /** Take no more from the queue than is worked on. Default false. */
  readonly drain?: boolean | undefined;
}

/**
 * Hands over deliveries as they come, also over an outage of the queue.
 * @param onDelivery the next one is asked for when it resolves.
 * @param onEnd called when nothing will be received any more.
 */
export function receive(
  { queue, logger, drain }: ReceiveFrom,
  onDelivery: (delivery: Delivery) => Promise<void>,
  onEnd: () => void,
): Receiving {
  const stop = new AbortController();
  const { signal } = stop;
  let failure: ConceptError | undefined;
  let hasReceived = false;

  const receiveOnce = async (): Promise<void> => {
    for await (const delivery of queue.receive({ signal, drain })) {
      hasReceived = true;
      await onDelivery(delivery);
    }
  };

  const receiving = (async () => {
    while (!signal.aborted) {
      try {
        return await receiveOnce();
      } catch (thrown) {
        const error = toConceptError(thrown);
        // Whoever drains wants an end: a queue that was never there is not waited for.
        const isFinal = !error.retryable || (drain === true && !hasReceived);
        if (isFinal && !signal.aborted) failure = final(error);
        if (failure) return onEnd();
        logger.log('warn', 'cannot receive, the queue is away', { code: error.code, error: error.message });
        await delay(QUEUE_AWAY_MS, signal);
      }
    }
  })();

  return {
    assertAlive: () => {
      if (failure) throw failure;
    },
    close: async () => {
      stop.abort();
      await receiving;
    },
  };
}

/** The same error, as one that no further try mends. */
function final(error: ConceptError): ConceptError {
  const { code, message, hint } = error;
  return error.retryable ? new ConceptError(code, message, { hint, retryable: false, cause: error }) : error;
}
