import { toConceptError } from '../../../core/errors.ts';
import { readWireMessage } from '../../../core/wire-message.ts';
import type { Delivery } from '../../../ports/task-queue.ts';

/** A message under this process's lease, however it came. */
export interface HeldMessage {
  readonly id: string;
  readonly data: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
  readonly orderingKey: string | undefined;
  readonly publishedAt: string | null;
  ack(): void;
  nack(): void;
}

export interface DeliverySettings {
  /** Puts a message that nobody can use where somebody finds it. Undefined: there is no such place. */
  readonly forward: ((message: HeldMessage, reason: string) => Promise<void>) | undefined;
  /** Has the message delivered again after a while, still under its lease: a nack would be counted as a failed delivery. */
  readonly keep: (message: HeldMessage, delayMs: number) => void;
  /** The message is off this process's hands. */
  readonly onSettled: (message: HeldMessage, isAcknowledged: boolean) => void;
}

/** Unanswered, a message stays under its lease until that has run out: its place for dead letters is away for the moment. */
const REJECT_AGAIN_MS = 30_000;

export function deliveryOf(message: HeldMessage, { forward, keep, onSettled }: DeliverySettings): Delivery {
  const { taskId, task, problem } = readWireMessage(message.data, message.attributes);
  let isSettled = false;
  const settle = (isAcknowledged: boolean): void => {
    if (isSettled) return;
    isSettled = true;
    if (isAcknowledged) message.ack();
    else message.nack();
    onSettled(message, isAcknowledged);
  };
  const putOff = (delayMs: number): void => {
    if (isSettled) return;
    isSettled = true;
    keep(message, delayMs);
  };
  return {
    taskId,
    message: task,
    problem,
    publishedAt: message.publishedAt,
    acknowledge: async () => settle(true),
    giveBack: async (delayMs) => putOff(delayMs),
    reject: async (reason) => {
      if (isSettled) return;
      // Without a place of our own the subscription's dead-letter policy, if it has one, takes it in the end.
      if (!forward) return settle(false);
      try {
        await forward(message, reason);
      } catch (thrown) {
        if (toConceptError(thrown).retryable) putOff(REJECT_AGAIN_MS);
        else settle(false);
        throw thrown;
      }
      settle(true);
    },
  };
}
