import type { Lease } from '../core/task.ts';
import type { ClaimedTask, ClaimRequest } from '../ports/task-leases.ts';

export type ClaimOptions = Omit<ClaimRequest, 'taskId'>;

/** A claimed task and what its delivery wants to hear once the attempt is over. */
export interface ClaimedWork {
  readonly claimed: ClaimedTask;
  /** Left out where nobody wants to hear. */
  readonly settled?: () => Promise<void>;
}

/** Where a worker's tasks come from. */
export interface WorkSource {
  /** Claims what is there now, without waiting for more. */
  take(options: ClaimOptions): Promise<readonly ClaimedWork[]>;
  /** Of what is claimed and not handed over yet: a beat has to tell of them, however long the rest of a {@link take} goes on. */
  leases(): readonly Lease[];
  /** Stops receiving; deliveries that were not taken are given back. */
  close(): Promise<void>;
}
