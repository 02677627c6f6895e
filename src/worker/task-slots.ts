import { ConceptError } from '../core/errors.ts';
import type { Lease } from '../core/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClaimedTask } from '../ports/task-leases.ts';
import { abortSlot, type AttemptSlot } from '../processors/attempt-slot.ts';

export interface TaskSlot extends AttemptSlot {
  readonly lease: Lease;
  /** Monotonic, in milliseconds. */
  readonly startedAt: number;
  isVacated: boolean;
}

/** The tasks that a worker has under way. */
export interface TaskSlots {
  /** Slots that a task runs in. */
  readonly running: number;
  /** Tasks whose outcome is not recorded yet, running or not. */
  readonly open: number;
  leases(): readonly Lease[];
  /** A slot for a task that begins now. */
  begin(claimed: ClaimedTask): TaskSlot;
  /** Ends a slot: the task's outcome is recorded, or will never be. */
  end(slot: TaskSlot): void;
  /** Frees a slot for the next task: only the outcome is still to be recorded. */
  vacate(slot: TaskSlot): void;
  /** Aborts what runs under void leases; a newer lease of the same task goes on. */
  abandon(leases: readonly Lease[]): void;
  /** Aborts what has been running for longer. */
  limit(limitMs: number): void;
  /** Aborts all so that they give their tasks back. */
  interrupt(): void;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

export function createTaskSlots({ clock }: { readonly clock: Clock }): TaskSlots {
  const slots = new Set<TaskSlot>();
  const waiting: (() => void)[] = [];
  let running = 0;

  const vacate = (slot: TaskSlot): void => {
    if (!slot.isVacated) running -= 1;
    slot.isVacated = true;
  };

  return {
    get running() {
      return running;
    },
    get open() {
      return slots.size;
    },
    leases: () => Array.from(slots, ({ lease }) => lease),
    begin: ({ lease }) => {
      const slot: TaskSlot = {
        lease,
        startedAt: clock.monotonic(),
        isVacated: false,
        controller: undefined,
        onDeserted: undefined,
        isStopping: false,
      };
      running += 1;
      slots.add(slot);
      return slot;
    },
    end: (slot) => {
      vacate(slot);
      slots.delete(slot);
      if (slots.size === 0) for (const resolve of waiting.splice(0)) resolve();
    },
    vacate,
    abandon: (leases) => {
      const lost = new Set(leases.map(({ token }) => token));
      for (const slot of slots) if (lost.has(slot.lease.token)) abortSlot(slot, leaseGone(slot.lease));
    },
    limit: (limitMs) => {
      const latest = clock.monotonic() - limitMs;
      for (const slot of slots) {
        if (slot.startedAt <= latest && !slot.isVacated) abortSlot(slot, tookTooLong(limitMs));
      }
    },
    interrupt: () => {
      for (const slot of slots) {
        slot.isStopping = true;
        abortSlot(slot, new ConceptError('ABORTED', 'the worker is stopping'));
      }
    },
    idle: () => (slots.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
}

function leaseGone({ taskId }: Lease): ConceptError {
  return new ConceptError('LEASE_LOST', `task ${taskId} was cancelled, or another worker has it`);
}

function tookTooLong(limitMs: number): ConceptError {
  return new ConceptError('TIMEOUT', `the task took longer than its limit of ${limitMs / 1_000} s`, {
    hint: 'raise the limit with CONCEPT_TASK_TIMEOUT_SECONDS, or look at its events for the stage that hangs',
  });
}
