import { ConceptError } from '../core/errors.ts';
import type { Lease } from '../core/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClaimedTask } from '../ports/task-leases.ts';

/** How long an aborted task may take to notice; then nobody waits for it any more. */
const ABORT_PATIENCE_MS = 5_000;

/** A task under way, as what runs it sees it. */
export interface SlotHandle {
  /** Made by its first use: most tasks of microseconds have none. */
  readonly signal: AbortSignal;
  /** Calls back when the task was aborted and has not ended in time. */
  readonly whenDeserted: (callback: () => void) => void;
  /** Frees the slot for the next task: only the outcome is still to be recorded. */
  readonly vacate: () => void;
}

interface Slot {
  readonly lease: Lease;
  readonly startedAt: number;
  readonly abort: (reason: ConceptError) => void;
  readonly done: Promise<void>;
  isVacated: boolean;
}

/** The tasks that a worker has under way. */
export interface TaskSlots {
  /** Slots that a task runs in. */
  readonly running: number;
  /** Tasks whose outcome is not recorded yet, running or not. */
  readonly open: number;
  leases(): readonly Lease[];
  start(claimed: ClaimedTask, run: (handle: SlotHandle) => Promise<void>): void;
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
  const slots = new Map<string, Slot>();
  let running = 0;

  const start = ({ lease }: ClaimedTask, run: (handle: SlotHandle) => Promise<void>): void => {
    const { handle, abort } = createAbort();
    const vacate = (): void => {
      const slot = slots.get(lease.token);
      if (!slot || slot.isVacated) return;
      slot.isVacated = true;
      running -= 1;
    };
    running += 1;
    // In the next turn of microtasks, when the slot is in its place.
    const done = Promise.resolve()
      .then(() => run(handle(vacate)))
      .finally(() => {
        vacate();
        slots.delete(lease.token);
      });
    slots.set(lease.token, { lease, startedAt: clock.monotonic(), abort, done, isVacated: false });
  };

  return {
    get running() {
      return running;
    },
    get open() {
      return slots.size;
    },
    leases: () => [...slots.values()].map(({ lease }) => lease),
    start,
    abandon: (leases) => {
      for (const { taskId, token } of leases) {
        slots
          .get(token)
          ?.abort(new ConceptError('LEASE_LOST', `task ${taskId} was cancelled, or another worker has it`));
      }
    },
    limit: (limitMs) => {
      const latest = clock.monotonic() - limitMs;
      for (const { startedAt, abort, isVacated } of slots.values()) {
        if (startedAt <= latest && !isVacated) abort(tookTooLong(limitMs));
      }
    },
    interrupt: () => {
      for (const { abort } of slots.values()) abort(new ConceptError('ABORTED', 'the worker is stopping'));
    },
    idle: async () => {
      while (slots.size > 0) await Promise.all([...slots.values()].map(({ done }) => done));
    },
  };
}

function createAbort() {
  let controller: AbortController | undefined;
  let desert: () => void = () => undefined;
  const made = (): AbortController => (controller ??= new AbortController());
  const handle = (vacate: () => void): SlotHandle => ({
    get signal() {
      return made().signal;
    },
    whenDeserted: (callback) => (desert = callback),
    vacate,
  });
  const abort = (reason: ConceptError): void => {
    if (made().signal.aborted) return;
    made().abort(reason);
    setTimeout(() => desert(), ABORT_PATIENCE_MS).unref();
  };
  return { handle, abort };
}

function tookTooLong(limitMs: number): ConceptError {
  return new ConceptError('TIMEOUT', `the task took longer than its limit of ${limitMs / 1_000} s`, {
    hint: 'raise the limit with CONCEPT_TASK_TIMEOUT_SECONDS, or look at its events for the stage that hangs',
  });
}
