import { delay } from '../../../core/abort.ts';
import type { Clock } from '../../../ports/clock.ts';

export interface PullOptions {
  readonly subscription: string;
  /** Messages in this process at the same time. */
  readonly maxMessages: number;
  /** A message stays ours for so long at most; longer than any task may take. */
  readonly maxExtensionMs: number;
  /** How long a close waits for what is being worked on. */
  readonly closeMs: number;
  /** A stream that reconnects over and over for so long without a message is opened anew. */
  readonly silenceMs: number;
  readonly clock: Pick<Clock, 'random'>;
}

/** An answer to the service that is under way keeps its process alive; by default for a minute, where the service is away. */
export const ANSWER_CALL = { timeout: 5_000 };

/** After a failure, a feed tries so often in a row before it is given up, and waits so long in between. */
export const FEED_RETRY = { most: 8, backoff: { baseMs: 500, capMs: 10_000 } } as const;

/** A running source of messages. */
export interface Feed {
  /** Bounded; what is not acknowledged by then is given back. */
  close(): Promise<void>;
}

const SETTLING_MS = 20;

/** Resolves when nothing is held any more, at the latest at a time of the monotonic clock. */
export async function untilSettled(held: { readonly size: number }, latest: number): Promise<void> {
  while (held.size > 0 && performance.now() < latest) await delay(SETTLING_MS);
}
