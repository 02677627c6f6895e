import { toConceptError } from '../core/errors.ts';
import type { ClaimedTask } from '../ports/task-leases.ts';
import { runTask, type TaskRun } from '../processors/run-task.ts';
import type { TaskSlot } from './task-slots.ts';
import type { ClaimedWork } from './work-source.ts';
import type { Run } from './worker-run.ts';
import type { AttemptReport } from './worker-types.ts';

/** Runs a claimed task in a slot, settles its delivery and reports the attempt. */
export function startTask(run: Run, work: ClaimedWork): void {
  const { dependencies, prefetch, slots, tally, options } = run;
  const { claimed, settled } = work;
  tally.start();
  const slot = slots.begin(claimed);
  const onProcessed = (hasResult: boolean): void => {
    // How soon a task failed says nothing about how long the next will take.
    if (hasResult) prefetch.observe(dependencies.clock.monotonic() - slot.startedAt);
    slots.vacate(slot);
    // The next one that is held takes the slot at once: the loop is for what has to be claimed.
    const next = mayStart(run) ? run.held.next() : undefined;
    if (next) startTask(run, next);
    else run.bell.ring();
  };
  const keepTrying = options.onlyTaskId === undefined;
  void runTask(claimed, dependencies, { slot, onProcessed, keepTrying }).then((ended) => {
    // Whoever waits for this very task learns now that its outcome cannot be recorded.
    if (!keepTrying && isUnrecorded(ended)) run.unrecorded = ended.error;
    if (settled) void settle(settled, claimed, run).then(() => finish(run, claimed, slot, ended));
    else finish(run, claimed, slot, ended);
  });
}

function finish(run: Run, claimed: ClaimedTask, slot: TaskSlot, ended: TaskRun): void {
  run.slots.end(slot);
  report(run.tally.end(claimed, slot.startedAt, ended), run);
  run.bell.ring();
}

function isUnrecorded({ outcome, error }: TaskRun): boolean {
  return outcome === 'lost' && error !== null && error.code !== 'LEASE_LOST';
}

/** Never rejects: the queue delivers again, and the store answers that the task is done. */
async function settle(settled: () => Promise<void>, { task }: ClaimedTask, { settings }: Run): Promise<void> {
  try {
    await settled();
  } catch (thrown) {
    settings.logger.log('warn', 'cannot settle a delivery', { taskId: task.id, error: toConceptError(thrown).message });
  }
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
