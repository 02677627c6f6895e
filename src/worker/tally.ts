import type { TaskError } from '../core/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClaimedTask } from '../ports/task-leases.ts';
import type { AttemptReport, WorkerSummary } from './worker-types.ts';

type Outcome = AttemptReport['outcome'];

/** Counts a worker's attempts. */
export interface Tally {
  /** Attempts started so far. */
  started(): number;
  /** @returns what to call when the attempt is over. */
  start(claimed: ClaimedTask): (outcome: Outcome, error: TaskError | null) => AttemptReport;
  summary(): WorkerSummary;
}

export function createTally(clock: Clock): Tally {
  // Not by the time of day: that may be set meanwhile.
  const since = (startedAt: number): number => Math.round(clock.monotonic() - startedAt);
  const begunAt = clock.monotonic();
  const counts: Record<Outcome, number> = { completed: 0, partial: 0, rescheduled: 0, failed: 0, released: 0, lost: 0 };
  let started = 0;
  return {
    started: () => started,
    start: ({ task }) => {
      started++;
      const startedAt = clock.monotonic();
      return (outcome, error) => {
        counts[outcome]++;
        const durationMs = since(startedAt);
        const report: AttemptReport = {
          taskId: task.id,
          type: task.type,
          attempt: task.attempt,
          outcome,
          durationMs,
          error,
        };
        return report;
      };
    },
    summary: () => ({ ...counts, durationMs: since(begunAt) }),
  };
}
