import type { Clock } from '../ports/clock.ts';
import type { ClaimedTask } from '../ports/task-leases.ts';
import type { TaskRun } from '../processors/run-task.ts';
import type { AttemptReport, WorkerSummary } from './worker-types.ts';

/** Counts a worker's attempts. */
export interface Tally {
  /** Attempts started so far. */
  started(): number;
  start(): void;
  /** @param startedAt monotonic, in milliseconds. */
  end(claimed: ClaimedTask, startedAt: number, ended: TaskRun): AttemptReport;
  summary(): WorkerSummary;
}

export function createTally(clock: Clock): Tally {
  // Not by the time of day: that may be set meanwhile.
  const since = (startedAt: number): number => Math.round(clock.monotonic() - startedAt);
  const begunAt = clock.monotonic();
  const counts = { completed: 0, partial: 0, rescheduled: 0, failed: 0, released: 0, lost: 0 };
  let started = 0;
  return {
    started: () => started,
    start: () => void started++,
    end: ({ task }, startedAt, { outcome, error }) => {
      counts[outcome]++;
      const durationMs = since(startedAt);
      return { taskId: task.id, type: task.type, attempt: task.attempt, outcome, durationMs, error };
    },
    summary: () => ({ ...counts, durationMs: since(begunAt) }),
  };
}
