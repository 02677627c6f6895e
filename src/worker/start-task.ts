import { toConceptError } from '../core/errors.ts';
import { runTask } from '../processors/run-task.ts';
import type { ClaimedWork } from './work-source.ts';
import type { Run } from './worker-run.ts';
import type { AttemptReport } from './worker-types.ts';

/** Runs a claimed task in a slot, settles its delivery and reports the attempt. */
export function startTask(run: Run, { claimed, settled }: ClaimedWork): void {
  const { settings, dependencies, prefetch } = run;
  const { logger } = settings;
  const { clock } = dependencies;
  const finish = run.tally.start(claimed);
  const isOwn = run.options.onlyTaskId !== undefined;
  run.slots.start(claimed, async (slot) => {
    const onProcessed = (hasResult: boolean): void => {
      // How soon a task failed says nothing about how long the next will take.
      if (hasResult) prefetch.observe(clock.monotonic() - slot.startedAt);
      run.slots.vacate(slot);
      // The next one that is held takes the slot at once: the loop is for what has to be claimed.
      const next = mayStart(run) ? run.held.next() : undefined;
      if (next) startTask(run, next);
      else run.bell.ring();
    };
    const { outcome, error } = await runTask(claimed, dependencies, { slot, onProcessed, keepTrying: !isOwn });
    // Whoever waits for this very task learns now that its outcome cannot be recorded.
    if (isOwn && outcome === 'lost' && error && error.code !== 'LEASE_LOST') run.unrecorded = error;
    await settled?.().catch((thrown: unknown) => {
      // The queue delivers again, and the store answers that the task is done.
      logger.log('warn', 'cannot settle a delivery', {
        taskId: claimed.task.id,
        error: toConceptError(thrown).message,
      });
    });
    report(finish(outcome, error), run);
    run.bell.ring();
  });
}

function mayStart({ options, tally }: Run): boolean {
  return !options.signal.aborted && tally.started() < (options.maxTasks ?? Number.POSITIVE_INFINITY);
}

/** The caller's own code runs here: what it throws must not end the worker, nor go unseen. */
function report(attempt: AttemptReport, { options, settings }: Run): void {
  const { taskId, type, outcome, durationMs, error } = attempt;
  const fields = { taskId, type, attempt: attempt.attempt, durationMs, code: error?.code, stage: error?.stage };
  settings.logger.log('info', `task ${outcome}`, fields);
  try {
    options.onAttempt?.(attempt);
  } catch (thrown) {
    settings.logger.log('error', 'onAttempt threw', { taskId, error: toConceptError(thrown).message });
  }
}
