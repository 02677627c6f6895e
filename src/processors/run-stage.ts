import { throwIfAborted } from '../core/abort.ts';
import type { TaskEventType } from '../core/event.ts';
import type { TaskProgress } from '../core/task.ts';
import type { Clock } from '../ports/clock.ts';
import { inStage } from './in-stage.ts';
import type { ProgressReports } from './progress-reports.ts';
import type { StageRecords } from './stage-records.ts';
import type { StageRequest } from './stage-request.ts';

interface StageRunParts {
  readonly records: StageRecords;
  readonly reports: ProgressReports;
  readonly clock: Clock;
}

/** How one stage runs: its start, progress and end are recorded, and its failure names it. */
export function createStageRun({
  records,
  reports,
  clock,
}: StageRunParts): <T>(request: StageRequest<T>) => Promise<T> {
  return async ({ stage, fraction, untilFraction = fraction, work, signal: given }) => {
    const signal = AbortSignal.any([given, records.lost]);
    throwIfAborted(signal);
    const startedMs = clock.monotonic();
    const timing = () => ({ stage, durationMs: toTenths(clock.monotonic() - startedMs) });
    const onProgress = (done: number): void =>
      reports.report({ stage, fraction: fraction + done * (untilFraction - fraction) });
    const tell = (type: TaskEventType, data: object, progress?: TaskProgress): void =>
      records.event({ type, data: { ...data }, at: new Date(clock.now()).toISOString() }, progress);
    tell('stage.started', { stage }, { stage, fraction });
    try {
      const output = await work({ signal, onProgress });
      throwIfAborted(records.lost);
      tell('stage.completed', timing());
      return output;
    } catch (thrown) {
      throwIfAborted(records.lost);
      const error = inStage(thrown, stage);
      // Stopped from outside: nothing failed here.
      if (signal.aborted) throw error;
      tell('stage.failed', { ...timing(), code: error.code, message: error.message });
      throw error;
    } finally {
      reports.drop(stage);
    }
  };
}

/** Of a millisecond: more digits are noise. */
function toTenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
