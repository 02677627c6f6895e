import type { TaskType } from '../core/task.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { CallOptions } from './task-store.ts';

/** What is published about a task: enough for a worker to claim it. */
export interface TaskMessage {
  readonly taskId: string;
  readonly userId: string;
  readonly type: TaskType;
  readonly input: unknown;
}

export interface Delivery {
  /** Null in a queue that only signals: claim whatever is next. In a queue that delivers ids: the message names no task. */
  readonly taskId: string | null;
  /** What was published, checked: its input is valid for its type. Null for a signal, and when there is a `problem`. */
  readonly message: TaskMessage | null;
  /** Why the message cannot be used, one line; null when it can. */
  readonly problem: string | null;
  /** ISO 8601, when the queue took the message (not when it delivered it last); null when that is not known. */
  readonly publishedAt: string | null;
  /** The task needs no further delivery. Idempotent; a signal's is a no-op. */
  acknowledge(): Promise<void>;
  /** Deliver again after about `delayMs`; waiting is not counted as a failed delivery. */
  giveBack(delayMs: number): Promise<void>;
  /** Nobody can use this: kept apart with the reason for somebody to look at, and not delivered again. */
  reject(reason: string): Promise<void>;
}

/** What a queue that only signals delivers. */
export const SIGNAL: Delivery = {
  taskId: null,
  message: null,
  problem: null,
  publishedAt: null,
  acknowledge: () => Promise.resolve(),
  giveBack: () => Promise.resolve(),
  reject: () => Promise.resolve(),
};

export interface QueueFlags {
  /** `ids`: each delivery names a task. `signals`: a delivery only says that there may be something to claim. */
  readonly delivers: 'ids' | 'signals';
  /**
   * Messages come from the store's outbox as well: the delivery of an unfinished task may be acknowledged, since its row brings
   * another one when the task is in line again. False with `signals`.
   */
  readonly relayed: boolean;
}

export interface ReceiveOptions {
  readonly signal: AbortSignal;
  /** Take no more messages than are worked on: whoever drains leaves the rest to others. Default false. */
  readonly drain?: boolean | undefined;
}

/** Delivers task ids to workers, at least once each. It carries no truth: the store's lease decides who runs a task. */
export interface TaskQueue {
  readonly name: string;
  readonly flags: QueueFlags;

  /**
   * Makes tasks known to workers, in this process and in others. Rejects when any of them may not have been taken: what is
   * published again is delivered twice, which does no harm.
   */
  publish(messages: readonly TaskMessage[], options?: CallOptions): Promise<void>;

  /**
   * Deliveries as they come, until the signal aborts (then it ends without an error). A signalling queue also yields when a
   * delayed task falls due and, as a safety net, every now and then.
   */
  receive(options: ReceiveOptions): AsyncIterable<Delivery>;

  /** Looks at itself, for `concept doctor`. */
  diagnose(options?: CallOptions): Promise<Diagnosis>;

  /** Flushes what is being published and frees resources. Idempotent. */
  close(): Promise<void>;
}
