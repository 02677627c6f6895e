import type { Lease, TaskType } from '../core/task.ts';
import type { CallOptions } from './task-store.ts';

/** `worker` takes any task; `waiter` is a submitter that works its own task and then leaves. */
export type WorkerKind = 'worker' | 'waiter';

export interface WorkerRegistration {
  /** A fresh id per registration; never used again once it has run out. */
  readonly id: string;
  readonly kind: WorkerKind;
  readonly host: string;
  readonly pid: number;
  /** Null: all types. */
  readonly types: readonly TaskType[] | null;
}

export interface LiveWorker extends WorkerRegistration {
  readonly startedAt: string;
  /** All leases of the worker end then, unless it beats before. */
  readonly expiresAt: string;
}

export interface HeartbeatReply {
  /** False: this registration has run out. Its leases are void and it may not claim again. */
  readonly alive: boolean;
  /** Those of `held` that are void: cancelled, or returned by a sweep. The same task may be held again under a newer lease. */
  readonly lost: readonly Lease[];
}

/** Which workers are alive. All leases of a worker share its expiry: one heartbeat renews them all. */
export interface WorkerRegistry {
  /** Registers the worker for `leaseMs` from now. @throws INVALID_INPUT when the id was used before. */
  register(worker: WorkerRegistration, leaseMs: number, options?: CallOptions): Promise<void>;

  /**
   * Extends the worker's leases to `leaseMs` from now and tells which of them are void. One statement, however many. Where the
   * answer of a claim can be lost on its way, a lease that is long-standing and not among `held` goes back in line: its worker does
   * not know of it.
   */
  heartbeat(
    request: { readonly workerId: string; readonly leaseMs: number; readonly held: readonly Lease[] },
    options?: CallOptions,
  ): Promise<HeartbeatReply>;

  /** Ends the registration; leases it still holds go back in line at the next sweep. */
  retire(workerId: string, options?: CallOptions): Promise<void>;

  /** Workers whose registration has not run out. */
  live(options?: CallOptions): Promise<readonly LiveWorker[]>;
}
