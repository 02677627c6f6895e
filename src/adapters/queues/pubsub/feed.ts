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

/** A running source of messages. */
export interface Feed {
  /** Bounded; what is not acknowledged by then is given back. */
  close(): Promise<void>;
}
