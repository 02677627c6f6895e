import { ConceptError } from '../core/errors.ts';
import type { Lease } from '../core/task.ts';
import type { ClaimedTask } from '../ports/task-leases.ts';

interface Slot {
  readonly lease: Lease;
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

/** The tasks that a worker has under way. */
export interface TaskSlots {
  readonly size: number;
  leases(): readonly Lease[];
  start(claimed: ClaimedTask, run: (signal: AbortSignal) => Promise<void>): void;
  /** Aborts what runs under void leases; a newer lease of the same task goes on. */
  abandon(leases: readonly Lease[]): void;
  /** Aborts all so that they give their tasks back. */
  interrupt(): void;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

export function createTaskSlots(): TaskSlots {
  const slots = new Map<string, Slot>();
  return {
    get size() {
      return slots.size;
    },
    leases: () => [...slots.values()].map(({ lease }) => lease),
    start: ({ lease }, run) => {
      const abort = new AbortController();
      const done = run(abort.signal).finally(() => slots.delete(lease.token));
      slots.set(lease.token, { lease, abort, done });
    },
    abandon: (leases) => {
      for (const { taskId, token } of leases) {
        const reason = new ConceptError('LEASE_LOST', `task ${taskId} was cancelled, or another worker has it`);
        slots.get(token)?.abort.abort(reason);
      }
    },
    interrupt: () => {
      const reason = new ConceptError('ABORTED', 'the worker is stopping');
      for (const { abort } of slots.values()) abort.abort(reason);
    },
    idle: async () => {
      while (slots.size > 0) await Promise.all([...slots.values()].map(({ done }) => done));
    },
  };
}
