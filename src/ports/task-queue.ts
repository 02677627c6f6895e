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
  /** Null in a queue that only signals: claim whatever is next. */
  readonly taskId: string | null;
  /** The task needs no further delivery. Idempotent; a signal's is a no-op. */
  acknowledge(): Promise<void>;
  /** Deliver again after about `delayMs`. */
  giveBack(delayMs: number): Promise<void>;
}

export interface QueueFlags {
  /** `ids`: each delivery names a task. `signals`: a delivery only says that there may be something to claim. */
  readonly delivers: 'ids' | 'signals';
}

/** Delivers task ids to workers, at least once each. It carries no truth: the store's lease decides who runs a task. */
export interface TaskQueue {
  readonly name: string;
  readonly flags: QueueFlags;

  /** Makes tasks known to workers, in this process and in others. */
  publish(messages: readonly TaskMessage[], options?: CallOptions): Promise<void>;

  /**
   * Deliveries as they come, until the signal aborts (then it ends without an error). A signalling queue also yields when a
   * delayed task falls due and, as a safety net, every now and then.
   */
  receive(options: { readonly signal: AbortSignal }): AsyncIterable<Delivery>;

  /** Looks at itself, for `concept doctor`. */
  diagnose(options?: CallOptions): Promise<Diagnosis>;

  /** Flushes what is being published and frees resources. Idempotent. */
  close(): Promise<void>;
}
