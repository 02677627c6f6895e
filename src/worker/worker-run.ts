import type { ClaimLimits } from '../core/claim-limits.ts';
import type { TaskError } from '../core/task.ts';
import type { Logger } from '../ports/logger.ts';
import type { Store } from '../ports/store.ts';
import type { TaskQueue } from '../ports/task-queue.ts';
import type { ProcessorDependencies } from '../processors/processor.ts';
import type { Processors } from '../processors/registry.ts';
import type { RunTaskDependencies } from '../processors/run-task.ts';
import type { Bell } from './bell.ts';
import type { HeldTasks } from './held-tasks.ts';
import type { WorkerIdentity } from './identity.ts';
import type { Pace } from './pace.ts';
import type { Prefetch } from './prefetch.ts';
import type { Tally } from './tally.ts';
import type { TaskSlots } from './task-slots.ts';
import type { WorkSource } from './work-source.ts';
import type { RunWorkerOptions } from './worker-types.ts';

export interface CreateWorkerOptions {
  readonly store: Store;
  readonly queue: TaskQueue;
  readonly processing: Omit<ProcessorDependencies, 'concepts'>;
  readonly logger: Logger;
  /** Tasks at the same time. */
  readonly concurrency: number;
  /** A worker that is silent for longer loses its tasks. */
  readonly leaseMs: number;
  /** How long a stopping worker lets its tasks finish. */
  readonly graceMs: number;
  /** An attempt that takes longer is ended with TIMEOUT, default 600,000 ms. */
  readonly taskTimeoutMs?: number | undefined;
  /** Tasks at the same time over all workers of the store; unlimited when left out. */
  readonly limits?: ClaimLimits | undefined;
  /** Tasks to hold ahead of free slots, default `auto`: only while tasks take milliseconds. */
  readonly prefetch?: 'auto' | number | undefined;
  /** A published task that is still in line after so long is published again, default 300,000 ms. */
  readonly republishAfterMs?: number | undefined;
  /** Default: those of this version. */
  readonly processors?: Processors | undefined;
}

/** The parts of one run. */
export interface Run {
  readonly settings: CreateWorkerOptions;
  readonly options: RunWorkerOptions;
  readonly dependencies: RunTaskDependencies;
  readonly source: WorkSource;
  readonly identity: WorkerIdentity;
  readonly slots: TaskSlots;
  readonly held: HeldTasks;
  readonly prefetch: Prefetch;
  readonly bell: Bell;
  readonly tally: Tally;
  readonly pace: Pace;
  /** Set when the outcome of the only task cannot be recorded. */
  unrecorded: TaskError | null;
}
