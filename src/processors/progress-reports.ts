import type { TaskProgress } from '../core/task.ts';

/** Four writes a second look smooth and cost a store nothing. */
const LEAST_INTERVAL_MS = 250;

export interface ProgressReports {
  /** The first report is written at once; of those that follow too soon only the newest is, a little later. */
  report(progress: TaskProgress): void;
  /** Forgets a report of this stage that was not written yet: the stage is over. */
  drop(stage: string): void;
  /** Forgets everything; no timer is left. */
  stop(): void;
}

/** Thins out the progress of one task, however many of its stages report. */
export function createProgressReports(write: (progress: TaskProgress) => void): ProgressReports {
  let newest: TaskProgress | undefined;
  let resting: NodeJS.Timeout | undefined;

  const send = (): void => {
    resting = undefined;
    if (newest === undefined) return;
    resting = setTimeout(send, LEAST_INTERVAL_MS);
    write(newest);
    newest = undefined;
  };

  return {
    report(progress) {
      newest = progress;
      if (resting === undefined) send();
    },
    drop(stage) {
      if (newest?.stage === stage) newest = undefined;
    },
    stop() {
      clearTimeout(resting);
      resting = undefined;
      newest = undefined;
    },
  };
}
