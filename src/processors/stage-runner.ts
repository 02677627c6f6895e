import type { StageName } from '../core/stage-name.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClaimedTask, TaskLeases } from '../ports/task-leases.ts';
import { makePaidCall } from './paid-call.ts';
import { createProgressReports } from './progress-reports.ts';
import { createStageRun } from './run-stage.ts';
import { createStageRecords } from './stage-records.ts';
import type { PaidStageRequest, StageRequest } from './stage-request.ts';

export interface StageRunner {
  /** Aborts with the attempt, and with LEASE_LOST once the store refuses a write: the task is no longer ours. */
  readonly signal: AbortSignal;

  /** Runs a stage between its `started` and `completed` events; a failure is recorded and names the stage. */
  run<T>(request: StageRequest<T>): Promise<T>;

  /**
   * Like {@link run}, for a stage whose output is JSON: it is written as a checkpoint (without waiting for that), and an attempt that finds one from an earlier
   * attempt takes it instead of running the stage again. Bytes that the output names must be stored by then.
   */
  runOnce<T>(request: StageRequest<T>): Promise<T>;

  /**
   * Like {@link runOnce}, for a call that costs money: it is never repeated blindly. Its output may have bytes.
   * @throws PROVIDER_OUTCOME_UNKNOWN when an earlier attempt began the call and left no outcome.
   */
  runPaid<T, Kept>(request: PaidStageRequest<T, Kept>): Promise<T>;

  /** Like {@link runPaid}, for an output that is JSON. */
  runPaidOnce<T>(request: Omit<PaidStageRequest<T, T>, 'keep' | 'restore'>): Promise<T>;

  /** The output of a {@link runOnce} stage, or what was kept of another, that an earlier attempt finished. */
  resumed<T>(stage: StageName): T | undefined;

  /** What this attempt or an earlier one has kept of a stage so far. */
  kept<T>(stage: StageName): T | undefined;

  /** Has written, without waiting for it, what a later attempt finds as {@link resumed}: for what costs nothing but time. */
  checkpoint(stage: StageName, data: unknown): void;

  /** Resolves when all that the stages had to say is written or given up. @throws LEASE_LOST when it was refused. */
  settled(): Promise<void>;

  /**
   * For an attempt that has its result: has the rest of the events written ahead of a completion that is called next, and keeps the
   * checkpoints back until {@link settled}, which only a completion that failed needs.
   * @returns what resolves when the events are written or given up.
   */
  finish(): Promise<void>;
}

/** Runs the stages of one attempt, until `signal` aborts. The store is told what happens without being waited for. */
export function createStageRunner(
  { lease, checkpoints }: Pick<ClaimedTask, 'lease' | 'checkpoints'>,
  { leases, clock }: { readonly leases: TaskLeases; readonly clock: Clock },
  attemptSignal: AbortSignal,
): StageRunner {
  const finished = new Map<string, unknown>(checkpoints.map(({ stage, data }) => [stage, data]));
  const kept = new Map(finished);
  const records = createStageRecords(lease, leases);
  const reports = createProgressReports(records.progress);

  const run = createStageRun({ records, reports, clock });

  const save = async (stage: string, data: unknown): Promise<void> => {
    await records.write(() => leases.checkpoint({ lease, checkpoint: { stage, data } }));
    kept.set(stage, data);
  };
  const checkpoint = (stage: string, data: unknown): void => {
    records.checkpoint(stage, data);
    kept.set(stage, data);
  };
  const paidCalls = { taskId: lease.taskId, find: (stage: string) => finished.get(stage), save, clock };
  const runPaid = async <T, Kept>(request: PaidStageRequest<T, Kept>): Promise<T> => {
    const { stage, signal, restore } = request;
    if (finished.has(stage)) return restore(finished.get(stage) as Kept, { signal });
    return run({ ...request, work: (options) => makePaidCall(request, options, paidCalls) });
  };

  return {
    signal: AbortSignal.any([attemptSignal, records.lost]),
    run,
    runPaid,
    runPaidOnce: <T>(request: Omit<PaidStageRequest<T, T>, 'keep' | 'restore'>) =>
      runPaid<T, T>({ ...request, keep: itself, restore: itself }),
    async runOnce<T>(request: StageRequest<T>) {
      const { stage } = request;
      if (finished.has(stage)) return finished.get(stage) as T;
      const output = await run(request);
      checkpoint(stage, output);
      return output;
    },
    resumed: <T>(stage: StageName) => finished.get(stage) as T | undefined,
    kept: <T>(stage: StageName) => kept.get(stage) as T | undefined,
    checkpoint,
    settled: () => {
      reports.stop();
      return records.settled();
    },
    finish: () => {
      reports.stop();
      return records.finish();
    },
  };
}

function itself<T>(value: T): Promise<T> {
  return Promise.resolve(value);
}
